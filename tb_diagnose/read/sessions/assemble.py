"""From the files of a cluster to runs: what a person calls one training."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tb_diagnose.core.model import ModelConfig
from tb_diagnose.core.run import Fact, Histograms, Run, Series, Vitals
from tb_diagnose.read.columns import histograms
from tb_diagnose.read.columns.columns import HISTOGRAMS, SCALARS, Key, Note
from tb_diagnose.read.keras.config import model_config
from tb_diagnose.read.sessions import log_facts
from tb_diagnose.read.sessions.boundaries import split
from tb_diagnose.read.sessions.hparams import hyperparameters
from tb_diagnose.read.sessions.segments import LogFile, Segment
from tb_diagnose.read.sessions.sessions import Chunk, Session, sessions
from tb_diagnose.read.sessions.vitals import vitals
from tb_diagnose.read.setup import with_setup


@dataclass
class _Training:
    """What one training logged, folder by folder."""

    sessions: dict[str, Session] = field(default_factory=dict)
    notes: dict[str, list[Note]] = field(default_factory=dict)
    files: list[LogFile] = field(default_factory=list)
    facts: list[Fact] = field(default_factory=list)

    @property
    def begin(self) -> float:
        return min((session.begin for session in self.sessions.values()), default=0.0)

    @property
    def end(self) -> float:
        return max((session.end for session in self.sessions.values()), default=0.0)

    @property
    def processes(self) -> set[str]:
        return set().union(*(session.processes for session in self.sessions.values()))


def runs(name: str, path: str, files: Sequence[LogFile], facts: Sequence[Fact]) -> list[Run]:
    """The runs that a cluster holds, in the order in which they began; at least one.

    ``files`` are its files, folder by folder, in the order of their time stamps; ``facts`` what
    is true of the files, ``Fact.where`` naming one.
    """
    trainings = _matched(_by_folder(files)) or [_Training()]
    _share_out(trainings, files)
    _assign_facts(trainings, facts)
    found = []
    for number, training in enumerate(trainings, 1):
        several = len(trainings) > 1
        if several:
            training.facts.insert(0, log_facts.several_trainings(number, len(trainings)))
        found.append(_run(f"{name}#{number}" if several else name, path, training))
    return found


def _by_folder(files: Sequence[LogFile]) -> list[Session]:
    folders: dict[str, list[Segment]] = {}
    for file in files:
        if file.segment.curves:
            folders.setdefault(file.segment.folder, []).extend(split(file.segment))
    found: list[Session] = []
    for folder, segments in folders.items():
        found += sessions(folder, segments)
    return sorted(found, key=lambda session: session.begin)


def _matched(found: Sequence[Session]) -> list[_Training]:
    """Joins the sessions of different folders by the time at which they were written.

    The folder with the most of them tells which trainings there were.
    """
    folders = Counter(session.folder for session in found)
    main = max(folders, key=lambda folder: folders[folder], default="")
    trainings = [_Training({main: each}) for each in found if each.folder == main]
    for session in found:
        if session.folder != main:
            _home(trainings, session).sessions[session.folder] = session
    return sorted(trainings, key=lambda training: training.begin)


def _home(trainings: list[_Training], session: Session) -> _Training:
    """The training that a session of another folder belongs to; a new one if there is none."""
    free = [each for each in trainings if session.folder not in each.sessions]
    beside = [each for each in free if _shared(each, session) > 0]
    if not beside:
        # Written behind a training, or where both have a single moment.
        latest = max((each.begin for each in trainings if each.begin <= session.end), default=0.0)
        beside = [each for each in free if each.begin == latest or _shared(each, session) == 0]
    if not beside:
        trainings.append(_Training())
        return trainings[-1]
    # The same process is the better match; else the one that most of it was written beside.
    same = [each for each in beside if each.processes & session.processes]
    return max(same or beside, key=lambda each: (_shared(each, session), each.begin))


def _shared(training: _Training, session: Session) -> float:
    """Seconds in which both were written; less than 0 where one ended before the other began."""
    return min(training.end, session.end) - max(training.begin, session.begin)


def _share_out(trainings: list[_Training], files: Sequence[LogFile]) -> None:
    """Gives files, texts, hyper-parameters and models to the trainings that they belong to."""
    for file in files:
        homes = [each for each in trainings if _holds(each, file)]
        for training in homes or [_at(trainings, file.stamp)]:
            training.files.append(file)
        for kind, notes in file.notes.items():
            for note in notes:
                home = _at(homes or trainings, note.wall)
                home.notes.setdefault(kind, []).append(note)
        # What was logged once, at the start of the file, holds for all trainings in it.
        for training in homes[1:]:
            for kind, notes in file.notes.items():
                if notes and not training.notes.get(kind):
                    training.notes[kind] = [each for each in notes if each.wall <= training.end]


def _holds(training: _Training, file: LogFile) -> bool:
    session = training.sessions.get(file.segment.folder)
    return session is not None and any(
        segment.file == file.segment.file for segment in session.segments
    )


def _at(trainings: Sequence[_Training], wall: float) -> _Training:
    """The training that was logged at that moment, or the next one."""
    return next((training for training in trainings if training.end >= wall), trainings[-1])


def _assign_facts(trainings: list[_Training], facts: Sequence[Fact]) -> None:
    """Tells each training what is true of its files, and the first one the rest."""
    homes: dict[str, list[_Training]] = {}
    for training in trainings:
        for file in training.files:
            homes.setdefault(file.name, []).append(training)
    for fact in facts:
        for training in homes.get(fact.where, trainings[:1]):
            training.facts.append(fact)


def _run(name: str, path: str, training: _Training) -> Run:
    scalars: list[Series] = []
    distributions: list[Histograms] = []
    tables: list[Vitals] = []
    odd: list[Series] = []  # as far as is known
    for folder, session in sorted(training.sessions.items()):
        for key in sorted(session.chunks):
            chunks = session.chunks.pop(key)
            if key[0] == SCALARS:
                scalars.append(_series(key, folder, chunks))
                if len(chunks) > 1 or not chunks[0].column.ordered:
                    odd.append(scalars[-1])
            elif key[0] == HISTOGRAMS:
                distributions.append(_histograms(key, folder, chunks))
            elif (table := vitals(key[1], folder, [chunk.kept for chunk in chunks])) is not None:
                tables.append(table)
    facts = [*training.facts, *log_facts.of_sessions(list(training.sessions.values()))]
    curves: list[Series | Histograms] = [*odd, *distributions]
    for curve in curves:
        facts += log_facts.of_curve(curve)
    notes = _sorted(training, "texts")
    texts = {note.tag: note.content.decode("utf-8", "replace") for note in notes}
    return Run(
        name=name,
        path=path,
        scalars=tuple(scalars),
        histograms=tuple(distributions),
        vitals=tuple(tables),
        texts=texts,
        hparams=hyperparameters([note.content for note in _sorted(training, "hparams")], texts),
        model=with_setup(_model(_sorted(training, "models")), texts),
        facts=tuple(facts),
        writer=next((file.writer for file in training.files if file.writer), ""),
        files=tuple(file.name for file in training.files),
    )


def _sorted(training: _Training, kind: str) -> list[Note]:
    return sorted(training.notes.get(kind, ()), key=lambda note: note.wall)


def _model(notes: list[Note]) -> ModelConfig | None:
    """From the last ``keras`` summary that can be understood."""
    for note in reversed(notes):
        model = model_config(note.content)
        if model is not None:
            return model
    return None


def _series(key: Key, folder: str, chunks: list[Chunk]) -> Series:
    steps, values, wall = _joined(chunks)
    return Series(key[1], folder, steps, values, wall)


def _histograms(key: Key, folder: str, chunks: list[Chunk]) -> Histograms:
    steps, rows, wall = _joined(chunks)
    return Histograms(key[1], folder, steps, wall, **histograms.columns(rows))


def _joined(chunks: list[Chunk]) -> tuple[NDArray[np.int64], NDArray[Any], NDArray[np.float64]]:
    """Steps, values and wall times of what was kept, in the order written."""
    whole = [chunk.kept for chunk in chunks]
    if len(whole) == 1:
        return whole[0].steps, whole[0].values, whole[0].wall
    steps = np.concatenate([column.steps for column in whole])
    values = np.concatenate([column.values for column in whole])
    return steps, values, np.concatenate([column.wall for column in whole])
