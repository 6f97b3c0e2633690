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
from tb_diagnose.read.columns.columns import Note
from tb_diagnose.read.keras.config import model_config
from tb_diagnose.read.setup import with_setup
from tb_diagnose.read.trainings import remarks
from tb_diagnose.read.trainings.boundaries import split
from tb_diagnose.read.trainings.hparams import hyperparameters
from tb_diagnose.read.trainings.sessions import Piece, Session, sessions
from tb_diagnose.read.trainings.tracks import HISTOGRAMS, SCALARS, Key, Part, Stretch
from tb_diagnose.read.trainings.vitals import vitals


@dataclass
class _Training:
    """What one training logged, folder by folder."""

    sessions: dict[str, Session] = field(default_factory=dict)
    notes: dict[str, list[Note]] = field(default_factory=dict)
    parts: list[Part] = field(default_factory=list)
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


def runs(name: str, path: str, parts: Sequence[Part], facts: Sequence[Fact]) -> list[Run]:
    """The runs that a cluster holds, in the order in which they began; at least one.

    ``parts`` are its files, folder by folder, in the order of their time stamps; ``facts`` what
    is true of the files, ``Fact.where`` naming one.
    """
    trainings = _matched(_by_folder(parts)) or [_Training()]
    _share_out(trainings, parts)
    _blame(trainings, facts)
    found = []
    for number, training in enumerate(trainings, 1):
        several = len(trainings) > 1
        if several:
            training.facts.insert(0, remarks.several_trainings(number, len(trainings)))
        found.append(_run(f"{name}#{number}" if several else name, path, training))
    return found


def _by_folder(parts: Sequence[Part]) -> list[Session]:
    folders: dict[str, list[Stretch]] = {}
    for part in parts:
        if part.stretch.tracks:
            folders.setdefault(part.stretch.folder, []).extend(split(part.stretch))
    found: list[Session] = []
    for folder, stretches in folders.items():
        found += sessions(folder, stretches)
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


def _share_out(trainings: list[_Training], parts: Sequence[Part]) -> None:
    """Gives files, texts, hyper-parameters and models to the trainings that they belong to."""
    for part in parts:
        homes = [each for each in trainings if _holds(each, part)]
        for training in homes or [_at(trainings, part.stamp)]:
            training.parts.append(part)
        for kind, notes in part.notes.items():
            for note in notes:
                home = _at(homes or trainings, note.wall)
                home.notes.setdefault(kind, []).append(note)
        # What was logged once, at the start of the file, holds for all trainings in it.
        for training in homes[1:]:
            for kind, notes in part.notes.items():
                if notes and not training.notes.get(kind):
                    training.notes[kind] = [each for each in notes if each.wall <= training.end]


def _holds(training: _Training, part: Part) -> bool:
    session = training.sessions.get(part.stretch.folder)
    return session is not None and any(
        stretch.file == part.stretch.file for stretch in session.stretches
    )


def _at(trainings: Sequence[_Training], wall: float) -> _Training:
    """The training that was logged at that moment, or the next one."""
    return next((training for training in trainings if training.end >= wall), trainings[-1])


def _blame(trainings: list[_Training], facts: Sequence[Fact]) -> None:
    """Tells each training what is true of its files, and the first one the rest."""
    for fact in facts:
        homes = [
            training
            for training in trainings
            if any(remarks.place(part) == fact.where for part in training.parts)
        ]
        for training in homes or trainings[:1]:
            training.facts.append(fact)


def _run(name: str, path: str, training: _Training) -> Run:
    scalars: list[Series] = []
    distributions: list[Histograms] = []
    tables: list[Vitals] = []
    odd: list[Series] = []  # as far as is known
    for folder, session in sorted(training.sessions.items()):
        for key in sorted(session.pieces):
            pieces = session.pieces[key]
            if key[0] == SCALARS:
                scalars.append(_series(key, folder, pieces))
                if len(pieces) > 1 or not pieces[0].track.orderly:
                    odd.append(scalars[-1])
            elif key[0] == HISTOGRAMS:
                distributions.append(_histograms(key, folder, pieces))
            elif (table := vitals(key[1], folder, [piece.kept for piece in pieces])) is not None:
                tables.append(table)
    facts = [*training.facts, *remarks.of_sessions(list(training.sessions.values()))]
    curves: list[Series | Histograms] = [*odd, *distributions]
    for curve in curves:
        facts += remarks.of_curve(curve)
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
        writer=next((part.columns.writer for part in training.parts if part.columns.writer), ""),
        files=tuple(remarks.place(part) for part in training.parts),
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


def _series(key: Key, folder: str, pieces: list[Piece]) -> Series:
    steps, values, wall = _joined(pieces)
    return Series(key[1], folder, steps, values, wall)


def _histograms(key: Key, folder: str, pieces: list[Piece]) -> Histograms:
    steps, rows, wall = _joined(pieces)
    return Histograms(key[1], folder, steps, wall, **histograms.columns(rows))


def _joined(pieces: list[Piece]) -> tuple[NDArray[np.int64], NDArray[Any], NDArray[np.float64]]:
    """Steps, values and wall times of what was kept, in the order written."""
    whole = [piece.kept for piece in pieces]
    if len(whole) == 1:
        return whole[0].steps, whole[0].values, whole[0].wall
    steps = np.concatenate([track.steps for track in whole])
    values = np.concatenate([track.values for track in whole])
    return steps, values, np.concatenate([track.wall for track in whole])
