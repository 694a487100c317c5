"""Where the cues stand in a clause: longest phrase first, negated ones turned round."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from triage.cues import Cue, Model

LONGEST_GAP = 2
NEGATION_REACH = 2


@dataclass(frozen=True, slots=True)
class Found:
    """A cue in a clause, from word `start` to before `end`."""

    group: str
    weight: float
    start: int
    end: int
    cue: Cue


def find(words: tuple[str, ...], model: Model) -> tuple[list[Found], list[Found]]:
    """Return the categories' and the signals' cues; a word serves once as topic, state and scope (rank 0)."""
    found = [hit for start in range(len(words)) for hit in _at(words, start, model)]
    ranks = {name: signal.rank for name, signal in model.signals.items()}
    topics = _without_overlap([hit for hit in found if hit.group not in ranks], ranks)
    states = _without_overlap([hit for hit in found if ranks.get(hit.group, 0) > 0], ranks)
    scopes = _without_overlap([hit for hit in found if ranks.get(hit.group) == 0], ranks)
    return topics, _negated(words, [*states, *scopes], model)


def _at(words: tuple[str, ...], start: int, model: Model) -> Iterator[Found]:
    word = words[start]
    cues = list(model.by_word.get(word, ()))
    for end in range(1, len(word) + 1):
        cues += model.by_stem.get(word[:end], ())
    for cue in cues:
        end = _reach(words, start, cue)
        if end:
            yield Found(cue.group, cue.weight, start, end, cue)


def _reach(words: tuple[str, ...], start: int, cue: Cue) -> int:
    ends = {start + 1}
    for place in cue.places[1:]:
        if place.exact or place.stems:
            ends = {end + 1 for end in ends if end < len(words) and place.fits(words[end])}
        else:
            ends = {end + skipped for end in ends for skipped in range(LONGEST_GAP + 1)}
        if not ends:
            return 0
    return min(ends)


def _without_overlap(found: list[Found], ranks: Mapping[str, int]) -> list[Found]:
    """Keep by rank, then length: cues on exactly the same words stand together."""
    kept: list[Found] = []
    for hit in sorted(found, key=lambda hit: (-ranks.get(hit.group, 0), hit.start - hit.end, hit.start, -hit.weight)):
        clashes = [other for other in kept if hit.start < other.end and other.start < hit.end]
        same_words = all((other.start, other.end) == (hit.start, hit.end) for other in clashes)
        if same_words and hit.group not in {other.group for other in clashes}:
            kept.append(hit)
    return sorted(kept, key=lambda hit: hit.start)


def _negated(words: tuple[str, ...], found: list[Found], model: Model) -> list[Found]:
    """Drop "not failing", and turn "not fixed" into what its signal becomes."""
    used = {index for hit in found for index in range(hit.start, hit.end)}
    kept: list[Found] = []
    for hit in found:
        signal = model.signals[hit.group]
        near = range(max(0, hit.start - NEGATION_REACH), hit.start)
        said_no = [index for index in near if words[index] in hit.cue.negators and index not in used]
        if not (signal.negatable and said_no):
            kept.append(hit)
        elif signal.becomes:
            kept.append(Found(signal.becomes, hit.weight, said_no[0], hit.end, hit.cue))
    return kept
