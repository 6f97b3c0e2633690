"""From event files to runs.

    sources → wire → decode → columns → event_file → sessions → follow

Bytes come from a folder or from afar (``sources``), are framed as records that hold messages
(``wire``), and are decoded (``decode``, and in bulk ``native``) into a column for each tag
(``columns``). That is one event file, as far as it has been written (``event_file.py``). Which
files and folders could belong together, ``discover.py`` finds out; which of what they hold is one
training, ``sessions``. ``follow.py`` does all of it again as the files grow.
"""

from tb_diagnose.read.discover import Cluster, Folder, NothingToRead, clusters, gather, identity
from tb_diagnose.read.follow import Follower, load
from tb_diagnose.read.sources.source import Place, place

__all__ = [
    "Cluster",
    "Folder",
    "Follower",
    "NothingToRead",
    "Place",
    "clusters",
    "gather",
    "identity",
    "load",
    "place",
]
