"""A safe reading of XML parts: piece by piece, without entities, damaged XML told as a damaged file."""

from collections.abc import Iterable
from xml.parsers import expat

from exchange_domain.importing.reasons import UnreadableList


def parser() -> expat.XMLParserType:
    """An expat parser that refuses entity declarations: lists need none, attacks do."""
    made = expat.ParserCreate()
    made.buffer_text = True
    made.EntityDeclHandler = _refuse_entity
    return made


def feed(reader: expat.XMLParserType, chunks: Iterable[bytes]) -> None:
    """Parses all chunks; raises UnreadableList for XML that is not well formed."""
    try:
        for chunk in chunks:
            reader.Parse(chunk, False)
        reader.Parse(b"", True)
    except expat.ExpatError as error:
        raise UnreadableList("damaged") from error


def _refuse_entity(*_: object) -> None:
    raise UnreadableList("damaged")


def local_name(name: str) -> str:
    """The element's name without its prefix: producers choose prefixes as they like."""
    return name.rpartition(":")[2]
