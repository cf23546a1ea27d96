"""XML from strangers: no DTD, no depth, before anything builds a tree of it."""

from __future__ import annotations

from xml.parsers import expat

from geo.intake.formats import base


def check(content: bytes, max_depth: int, member: str = "") -> None:
    """Raises Stop for a DTD, for XML that is none, and for elements nested too deep; nothing is expanded here.

    member: of an archive, named in place of the line.
    """
    parser = expat.ParserCreate()
    depth = 0

    def start(*_: object) -> None:
        nonlocal depth
        depth += 1
        if depth > max_depth:
            place = f"line {parser.CurrentLineNumber}"
            base.stop(
                "too_deep",
                place,
                f"数据嵌套层数过深（第{parser.CurrentLineNumber}行）",
                f"nesting is too deep ({place})",
            )

    def end(*_: object) -> None:
        nonlocal depth
        depth -= 1

    def doctype(*_: object) -> None:
        line = parser.CurrentLineNumber
        zh, en = f"XML 含 DTD/实体声明（第{line}行）", f"DTD or entity declaration is not accepted (line {line})"
        base.stop("xml_dtd", f"line {line}", zh, en)

    parser.StartElementHandler, parser.EndElementHandler = start, end
    parser.StartDoctypeDeclHandler = parser.EntityDeclHandler = doctype
    try:
        parser.Parse(content, True)
    except expat.ExpatError as error:
        zh, en = f"不是有效的 XML（第{error.lineno}行）", f"not valid XML (line {error.lineno})"
        base.stop("xml_invalid", f"line {error.lineno}", zh, en)
