"""The districts of the settings beside those that the ledger knows: renamed ones are the same, and none may be missing (decision 17).

So are renamed units above them, which are known by their districts.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping

from pipeline.intake import soundness
from pipeline.ledger import journal, kept_districts, places, published_rules
from pipeline.ledger.kept_districts import NOBODY, Named
from pipeline.ledger.ledger import Ledger
from pipeline.reading.reading import Transcript
from pipeline.settings.config import Settings
from pipeline.settings.units import other_names
from pipeline.terms.errors import ConfigurationError, LedgerError
from pipeline.terms.handed_in import Arrival
from pipeline.terms.text import key


def known(settings: Settings, complain: Callable[[str], object] | None = None) -> Settings:
    """Return the settings with every name that a district or unit has had, as far as there is a ledger; for whoever makes no run.

    Raises ConfigurationError where a district is missing, LedgerError where the ledger is gone, damaged or cannot be read; that is
    complained of instead where somebody listens, and the settings stay as they are.
    """
    try:
        soundness.check_ledger(settings.paths)
        if not places.exists(settings.paths.ledger_place):
            return settings
        with Ledger(settings.paths.ledger_place) as ledger:
            return aligned(ledger, settings)
    except LedgerError as error:
        if complain is None:
            raise
        complain(str(error))
        return settings


def align(ledger: Ledger, settings: Settings) -> Settings:
    """Note how the districts are named now, in ledger and journal, and return the settings with every name that one has had.

    Raises ConfigurationError where a district is missing that the ledger knows.
    """
    archive = settings.paths.archive
    noted = journal.districts(archive)
    if noted and not ledger.named_districts():
        check_noted(settings)
    if not ledger.named_districts():
        for named in noted:  # a ledger that was made again
            ledger.note_districts(named)
    known_by_all_names = aligned(ledger, settings)
    if not noted or (noted[-1].names, noted[-1].kept_as) != (ledger.districts.names, ledger.districts.kept_as):
        journal.note_districts(archive, ledger.districts)
    return known_by_all_names


def check_noted(settings: Settings) -> None:
    """Raise ConfigurationError where a district is missing that the journal names: of a ledger that is made again nothing else is known."""
    last = next(reversed(journal.districts(settings.paths.archive)), NOBODY)
    missing = last.names.keys() - {district.code for district in settings.districts}
    if missing:
        raise ConfigurationError("\n".join(_sentence(last.kept_as[code], last, settings) for code in sorted(missing)))


def aligned(ledger: Ledger, settings: Settings) -> Settings:
    """Note how the districts are named now in that ledger alone, and return the settings with every name that one has had.

    Raises ConfigurationError where a district is missing that the ledger knows.
    """
    earlier = ledger.named_districts()
    last, kept = (earlier[-1] if earlier else NOBODY), ledger.kept_districts()
    names = {district.code: district.name for district in settings.districts}
    kept_as = {**_kept_as(last, kept, settings)}
    missing = kept - {kept_as[code] for code in names}
    if missing:
        raise ConfigurationError("\n".join(_sentence(name, last, settings) for name in sorted(missing)))
    if (names, {code: kept_as[code] for code in names}) != (dict(last.names), dict(last.kept_as)):
        after = max((arrival.id for arrival, _sidecar in ledger.arrivals()), default=0)
        ledger.note_districts(Named(after, {code: kept_as[code] for code in names}, names))
    return _with_former_units(_with_former_names(settings, earlier), ledger)


def _kept_as(last: Named, kept: set[str], settings: Settings) -> Mapping[str, str]:
    """Return as what each district is kept: as ever; a new one by its code, or by the name under which an older ledger has it."""
    kept_as = dict(last.kept_as)
    for district in settings.districts:
        if district.code not in kept_as:
            older = next((name for name in sorted(kept) if not last.names and settings.district_named(name) == district), district.code)
            kept_as[district.code] = older
    return kept_as


def _sentence(kept: str, last: Named, settings: Settings) -> str:
    code = next((code for code, own in last.kept_as.items() if own == kept), "")
    where = "config.yaml 的 districts"
    if not code:
        return f"台账里有“{kept}”的日报或案件，而 {where} 里没有这个旗区。请先照原来的名称写上，运行一次，再改名称；现有结果没有变动。"
    name = last.names[code]
    other = next((district for district in settings.districts if district.name == name), None)
    if other:
        changed = f"{name}的代码由 {code} 改成了 {other.code}，而台账是按代码记的"
        return f"{changed}。请在 {where} 里把代码改回 {code}；名称可以改。现有结果没有变动。"
    lacking = f"{where} 里没有代码为 {code} 的旗区（{name}），而台账里有它的日报或案件"
    return f"{lacking}。请把它放回去；改名的，只改 name，不改 code。现有结果没有变动。"


def _with_former_names(settings: Settings, earlier: Iterable[Named]) -> Settings:
    """Return the settings with the names of before as further aliases, but for those that another district has now."""
    taken = {key(word) for district in settings.districts for word in (district.code, district.name, *district.aliases)}
    former: dict[str, set[str]] = {}
    for named in earlier:
        for code, name in named.names.items():
            if key(name) not in taken:
                former.setdefault(name, set()).add(code)
    if not former:
        return settings
    districts = tuple(
        district.model_copy(update={"aliases": (*district.aliases, *(name for name, codes in former.items() if codes == {district.code}))})
        for district in settings.districts
    )
    return settings.model_copy(update={"districts": districts})


def _with_former_units(settings: Settings, ledger: Ledger) -> Settings:
    """Return the settings with the names of before of each unit as further aliases: those of one that had the same districts.

    A name that a unit has now, or that could be two units' own, is nobody's.
    """
    if not settings.units:
        return settings
    codes = {district.name: district.code for district in settings.districts}
    now = {unit: {codes[name] for name in settings.tree.districts(unit)} for unit in settings.tree.in_order()}
    former: dict[str, set[str]] = {}
    for then in published_rules.units(ledger, settings.paths.outbox):
        for was, unit in other_names(then, now).items():
            former.setdefault(was, set()).add(unit)
    names = [*((own.name, *own.aliases) for own in settings.districts), *(unit.names for unit in settings.units)]
    taken = {key(word) for own_names in names for word in own_names}
    own = {unit: [was for was, meant in former.items() if meant == {unit} and key(was) not in taken] for unit in now}
    units = tuple(unit.model_copy(update={"aliases": (*unit.aliases, *own[unit.name])}) for unit in settings.units)
    return settings.model_copy(update={"units": units}) if any(own.values()) else settings


def as_meant_then(arrival: Arrival, transcript: Transcript, named: list[Named]) -> Transcript:
    """Return what was read from an original that is read again, with the districts that its names meant when it arrived."""
    then = next((names for names in reversed(named) if names.after < arrival.id), named[0] if named else NOBODY)
    now = named[-1] if named else NOBODY
    if then.names == now.names:
        return transcript
    codes = {name: code for code, name in then.names.items()}
    return kept_districts.renamed(transcript, lambda name: now.names.get(codes.get(name, ""), name))
