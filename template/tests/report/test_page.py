"""No text becomes markup on a page, and no data ends its script."""

from lockstep.core.escaping import Html
from lockstep.report.page import (
    document,
    facts,
    html_code,
    paragraph,
    result_mark,
    script_json,
)


def test_a_result_has_a_word_and_not_a_colour_alone() -> None:
    results = ((True, "✓ pass"), (False, "✗ fail"), (None, "? unknown"))
    assert all(word in result_mark(passed) for passed, word in results)


def test_text_is_escaped_and_html_stays() -> None:
    assert paragraph("<b>") == "<p>&lt;b&gt;</p>" and html_code("<b>") == "<code>&lt;b&gt;</code>"
    pairs = [("<name>", "<value>"), ("bold", Html("<b>1</b>")), ("rows", 1234)]
    assert facts(pairs) == (
        "<dl><div><dt>&lt;name&gt;</dt><dd>&lt;value&gt;</dd></div>"
        "<div><dt>bold</dt><dd><b>1</b></dd></div><div><dt>rows</dt><dd>1,234</dd></div></dl>"
    )


def test_data_cannot_end_its_script_and_holds_no_nan() -> None:
    assert script_json(["</script><b>", float("nan")]) == '["\\u003c/script>\\u003cb>", null]'


def test_a_script_cannot_end_itself() -> None:
    page = document("t", "report", [], {}, {}, "'</script>' + '<!--'")
    assert page.count("</script>") == 2 and "<!--" not in page


def test_the_contents_link_each_section() -> None:
    page = document("t", "report", [], {"Data quality": Html("<p>x</p>")}, {}, "")
    assert '<a href="#data-quality">Data quality</a>' in page
    assert '<h2 id="data-quality">Data quality</h2>\n<p>x</p>' in page
