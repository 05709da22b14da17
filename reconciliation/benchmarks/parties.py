"""Parties: made-up businesses, and the many ways in which a bank writes their names."""

from __future__ import annotations

from dataclasses import dataclass
from random import Random

_FIRST_TEXT = (
    "ALDER AMBER ASHTON BAYSIDE BEACON BIRCH BRAMBLE CALDER CAPITOL CASTLE CEDRIC CITADEL "
    "CLOVER CORAL CRANE DORSET DRAGON ELMWOOD EMBER FALMOUTH FENWICK FLINT GARNET GLACIER "
    "GRANITE HAMPTON HARVEST HAZEL IVORY JASPER JUNIPER KESTREL LANTERN LINDEN MAGNET MARBLE "
    "MERCER MONARCH NIMBUS NORDIC OAKLEY ONYX OPAL PEBBLE PORTLAND RAVEN REDWOOD SABLE SEQUOIA "
    "STERLING TALBOT THISTLE TOPAZ UMBER VALIANT VIOLET WALNUT WESSEX YARROW ZEPHYR"
)
_FIRST = tuple(_FIRST_TEXT.split())
_TRADE_TEXT = (
    "ALARMS BEARINGS BOTTLING CABINETS CARPETS CASTINGS CERAMICS COURIERS CURTAINS DECORATING "
    "DRAINAGE ELEVATORS FASTENERS FENCING FORESTRY FURNACES GARAGES GASKETS GROUNDWORKS "
    "HARDWARE HAULAGE INSULATION JOINERY LAUNDRY LEATHER LOCKSMITHS MASONRY NURSERIES PALLETS "
    "PAVING PUMPS REFRIGERATION SCAFFOLDING SHUTTERS STATIONERY TAILORS TILING TURBINES "
    "UPHOLSTERY VALVES WELDING WORKWEAR"
)
_TRADE = tuple(_TRADE_TEXT.split())
_FORENAME_TEXT = "AMELIA EMMA GRACE HENRY IVAN JAMES JESSICA LEO MIA NINA NOAH OSCAR ZARA"
_FORENAME = tuple(_FORENAME_TEXT.split())
_SURNAME_TEXT = (
    "BAKER BROWN CLARKE COOK DAVIES EVANS GARCIA GREEN HALL HARRIS HUGHES JONES KHAN LEWIS LOPEZ "
    "MARTIN MULLER NOVAK PATEL ROBERTS ROSSI SMITH TAYLOR THOMAS WALKER WEBER WILSON WOOD WRIGHT"
)
_SURNAME = tuple(_SURNAME_TEXT.split())
_FORM = ("LTD", "INC", "GMBH", "LLC", "SA", "BV", "PLC", "")
_PROCESSORS = ("SQ*", "PP*", "ZT*", "WEB*")


@dataclass(frozen=True)
class Party:
    """A business: its name in the ledger, the name its bank uses, and its usual amount in cents."""

    name: str
    trades_as: str
    usual: int


def make_parties(random: Random, count: int) -> list[Party]:
    """Return distinct businesses; one in twelve trades under another name."""
    pairs = [(first, trade) for first in _FIRST for trade in _TRADE]
    chosen = random.sample(pairs, min(count, len(pairs)))
    parties = []
    for first, trade in chosen:
        name = f"{first} {trade} {random.choice(_FORM)}".strip()
        other = f"{random.choice(_FIRST)} {random.choice(_TRADE)}"
        usual = round(random.lognormvariate(10.2, 1.0))
        parties.append(Party(name, other if random.random() < 1 / 12 else name, usual))
    return parties


def person(random: Random) -> str:
    """Return somebody's name."""
    return f"{random.choice(_FORENAME)} {random.choice(_SURNAME)}"


def bank_name(random: Random, party: Party) -> str:
    """Return the party's name as some bank writes it: whole, cut off, without vowels, run
    together.
    """
    name = party.trades_as
    style = random.random()
    if style < 0.5:
        return name[: random.choice((14, 18, 22))].strip()
    if style < 0.65:
        return "".join(letter for letter in name if letter not in "AEIOU")[:16].strip()
    if style < 0.75:
        first, trade = name.split()[:2]
        return random.choice(_PROCESSORS) + first + trade[:4]
    return name


def amount_for(random: Random, party: Party) -> int:
    """Return an amount in cents: often round, else around what is usual for the party."""
    if random.random() < 0.2:
        return 100 * random.choice((25, 40, 50, 75, 100, 120, 150, 200, 250, 300, 500, 1000))
    amount = max(round(party.usual * random.lognormvariate(0, 0.6)), 100)
    return (
        amount // 100 * 100 + random.choice((0, 0, 99, 95, 50)) if random.random() < 0.3 else amount
    )
