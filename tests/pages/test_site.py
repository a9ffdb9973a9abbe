"""The check of the site's links. (The site itself is built by `python -m tests.pages site`, with its own tools.)"""

from tests.pages.site import broken_links, english_words, missing_steps


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


def test_a_step_that_the_site_does_not_show_is_found(tmp_path):
    source, site = tmp_path / "docs" / "ko", tmp_path / "site" / "docs" / "ko"
    source.mkdir(parents=True)
    site.mkdir(parents=True)
    (source / "page.md").write_text(
        "[a](../trace/run.html#step=7&lang=ko), [b](../trace/run.html#step=8&lang=ko)\n", encoding="utf-8"
    )
    page = '<a href="../trace/run.html#step=7&lang=ko">a</a><iframe src="../trace/run.html#step={}&lang=ko"></iframe>'
    for step, missing in ((8, []), (80, ["docs/ko/page.html: step 8 of run"])):
        (site / "page.html").write_text(page.format(step), encoding="utf-8")
        assert missing_steps(tmp_path / "site", tmp_path) == missing


def test_english_words_around_a_korean_page_are_found(tmp_path):
    (tmp_path / "docs" / "ko").mkdir(parents=True)
    (tmp_path / "README.ko.html").write_text("<span>다음</span><article><p>Next</p></article><b>Next!</b>", encoding="utf-8")
    page = '<a title="Search">검색</a><article>Menu</article><span>\n Previous\n</span>'
    (tmp_path / "docs" / "ko" / "page.html").write_text(page, encoding="utf-8")
    assert english_words(tmp_path) == ["README.ko.html: 'Next!'", "page.html: 'Search'", "page.html: 'Previous'"]
