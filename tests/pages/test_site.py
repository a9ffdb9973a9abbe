"""The check of the site's links. (The site itself is built by `python -m tests.pages site`, with its own tools.)"""

from tests.pages.site import broken_links


def test_links_that_lead_nowhere_are_found(tmp_path):
    (tmp_path / "docs" / "ko").mkdir(parents=True)
    (tmp_path / "picture.png").touch()
    (tmp_path / "index.html").write_text(
        '<a href="docs/one.html#here">good</a> <a href="#me" id="me">good</a> <img src="picture.png"> <a href="https://x/">away</a>'
        '<a href="docs/one.html#there">bad</a> <a href="two.html">bad</a> <iframe src="docs/run.html"></iframe>',
        encoding="utf-8",
    )
    (tmp_path / "docs" / "one.html").write_text('<p id="here"><a href="../index.html">home</a>', encoding="utf-8")
    (tmp_path / "docs" / "ko" / "한글.html").write_text(
        '<h1 id="제목"><a href="#%EC%A0%9C%EB%AA%A9">good</a>', encoding="utf-8"
    )
    assert broken_links(tmp_path) == [f"index.html: {link}" for link in ("docs/one.html#there", "docs/run.html", "two.html")]
