"""The markup of letters, read line by line."""

from hypothesis import example, given
from hypothesis import strategies as st

from portal.letters import markup


@given(st.text() | st.text("=->! 1.:ab/\n\r\x02\x03\x85\u2028"))
@example(typed="=> a: https://x.id\n-> a: https://x.id\n! a\n1. a\na: b")
def test_a_value_is_never_markup(typed: str) -> None:
    text = f"{markup.value(typed)}\n\n- {markup.value(typed)}\n{markup.value(typed)}"
    blocks = markup.blocks(text)
    assert {block.kind for block in blocks} <= {"paragraph", "list"}
    assert not any(line.label for block in blocks for line in block.lines)
    assert "\x02" not in markup.plain(text)


def test_markup_is_read_line_by_line() -> None:
    text = "Satu\nNomor: \x022\n- a\n- b\x02c\n1. d\n\n\x02\n\n! Awas\n\n=> Buka: lagi: https://x.id/a\n-> Lihat: https://x.id/b"
    kinds = [(block.kind, [(line.label, line.text) for line in block.lines]) for block in markup.blocks(text)]
    assert kinds == [
        ("paragraph", [("", "Satu"), ("Nomor:", "2")]),
        ("list", [("", "a"), ("", "bc")]),
        ("steps", [("", "d")]),
        ("notice", [("", "Awas")]),
        ("button", [("Buka: lagi", "https://x.id/a")]),
        ("link", [("Lihat", "https://x.id/b")]),
    ]
    assert markup.plain(text).endswith("1. d\n\nAwas\n\nBuka: lagi:\nhttps://x.id/a\nLihat:\nhttps://x.id/b")
