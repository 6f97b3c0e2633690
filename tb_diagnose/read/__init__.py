"""From event files to runs."""

from tb_diagnose.read.follow import Follower, load
from tb_diagnose.read.shelf import Shelf
from tb_diagnose.read.source import Place, place
from tb_diagnose.read.walk import Cluster, Folder, NothingToRead, clusters

__all__ = [
    "Cluster",
    "Folder",
    "Follower",
    "NothingToRead",
    "Place",
    "Shelf",
    "clusters",
    "load",
    "place",
]
