"""From event files to runs.

    sources → wire → decode → columns → file → trainings → runs

Bytes come from a folder or from afar (``sources``), are framed as records that hold messages
(``wire``), and are decoded, a whole block at a time where that can be (``decode``), into a column
for each tag (``columns``). That is one event file, as far as it has been written (``file.py``).
Which files and folders could belong together, the walk tells (``walk.py``); what one training
logged to them, ``trainings``. ``follow.py`` does all of it again as the files grow.
"""

from tb_diagnose.read.follow import Follower, load
from tb_diagnose.read.shelf import Shelf
from tb_diagnose.read.sources.source import Place, place
from tb_diagnose.read.walk import Cluster, Folder, NothingToRead, clusters, gather, identity

__all__ = [
    "Cluster",
    "Folder",
    "Follower",
    "NothingToRead",
    "Place",
    "Shelf",
    "clusters",
    "gather",
    "identity",
    "load",
    "place",
]
