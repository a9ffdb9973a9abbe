"""Which language a reader is spoken to in: by the recorder, the experiments, the exercises."""

import io
import types

import pytest

from winsock_ctypes.trace import sentences

UTF8, CP949, CP1252 = (io.TextIOWrapper(io.BytesIO(), encoding) for encoding in ("utf-8", "cp949", "cp1252"))
KOREAN, AMERICAN = 0x0412, 0x0409  # winnt.h: the LANGIDs


@pytest.fixture
def speaks(monkeypatch):
    """A computer with this language of its own and this environment."""

    def set_up(langid, **environment):
        for name in ("LC_ALL", "LC_MESSAGES", "LANG"):
            monkeypatch.delenv(name, raising=False)
        for name, text in environment.items():
            monkeypatch.setenv(name, text)
        kernel32 = types.SimpleNamespace(GetUserDefaultUILanguage=lambda: langid)
        monkeypatch.setattr(sentences.ctypes, "WinDLL", lambda name: kernel32)

    return set_up


@pytest.mark.parametrize("langid, language", [(KOREAN, "ko"), (AMERICAN, "en")])
@pytest.mark.parametrize("environment", [{}, {"LC_ALL": ""}, {"LC_ALL": "", "LC_MESSAGES": "", "LANG": ""}])
def test_unset_or_empty_it_is_windows_language(langid, language, environment, speaks):
    speaks(langid, **environment)
    assert sentences.reader_language(UTF8) == language


@pytest.mark.parametrize("name", ["LC_ALL", "LC_MESSAGES", "LANG"])
@pytest.mark.parametrize("locale", ["ko_KR.UTF-8", "ko", "ko-KR", "KO_kr", "Korean_Korea.949", "ko.UTF-8", "ko@x"])
def test_a_korean_locale(name, locale, speaks):
    speaks(AMERICAN, **{name: locale})
    assert sentences.reader_language(UTF8) == sentences.reader_language(CP949) == "ko"


@pytest.mark.parametrize("locale", ["C", "POSIX", "C.UTF-8", "en_US", "en_US.UTF-8", "de_DE", "kok_IN"])
def test_any_other_locale_is_english_on_a_korean_windows_too(locale, speaks):
    speaks(KOREAN, LC_ALL=locale)
    assert sentences.reader_language(UTF8) == "en"


def test_lc_all_goes_before_lc_messages_before_lang(speaks):
    speaks(AMERICAN, LC_ALL="en_US", LC_MESSAGES="ko_KR", LANG="ko_KR")
    assert sentences.reader_language(UTF8) == "en"
    speaks(AMERICAN, LC_ALL="", LC_MESSAGES="ko_KR", LANG="en_US")
    assert sentences.reader_language(UTF8) == "ko"


@pytest.mark.parametrize("stream", [CP1252, None], ids=["cp1252", "no stream"])
def test_english_where_hangul_cannot_be_shown(stream, speaks):
    speaks(KOREAN, LC_ALL="ko_KR.UTF-8")
    assert sentences.reader_language(stream) == "en"
