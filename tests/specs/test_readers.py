"""What the readers make of the five main pages, of odd pages, and of pages that are none."""

from __future__ import annotations

from pathlib import Path

import pytest

import aws_specs.page
import aws_specs.readers
from aws_specs.errors import PageError
from aws_specs.page import Page, PageMember
from aws_specs.readers import MAX_BYTES, detect, read_page

MAIN = Path(aws_specs.page.__file__).parent / "data" / "pages"
SAMPLES = Path(__file__).parent / "data" / "pages"


def main_page(name: str) -> Page:
    return read_page((MAIN / name).read_text(encoding="utf-8"), file=name)


def at(members: tuple[PageMember, ...], *steps: str) -> PageMember:
    """Return the member at a path of steps; a map's value stands beside its key."""
    first, *rest = steps
    found = next(member for member in members if member.step == first)
    return at(found.children, *rest) if rest else found


def test_all_is_what_the_package_exports() -> None:
    assert aws_specs.readers.__all__ == ["MAX_BYTES", "detect", "read_page"]


# ---------------------------------------------------------------- the five pages


def test_page_source_gives_marks_enums_and_prose_with_their_lines() -> None:
    page = main_page("connect/create_push_notification_registration.rst")
    assert (page.rendering, page.client, page.line) == ("rst", "Connect", 9)
    device = at(page.input, "DeviceType")
    assert (device.line, device.required, device.mark_line) == (69, True, 69)
    assert device.mark == "DeviceType (string) -- [REQUIRED]"
    assert (device.enum, device.enum_line) == (("GCM", "APNS", "APNS_SANDBOX"), 28)
    assert device.enum_text == "DeviceType='GCM'|'APNS'|'APNS_SANDBOX',"
    role = at(page.input, "ContactConfiguration", "ParticipantRole")
    note = role.prose[-1]
    assert (note.kind, note.codes) == ("note", ("CUSTOMER", "CUSTOMER"))
    assert note.text.startswith("Only CUSTOMER is currently supported. Any other values")
    token = at(page.input, "ClientToken")
    assert (token.required, token.autopopulated) == (False, True)
    assert token.token_line == token.prose[-1].line
    assert page.documentation[0].text.endswith("in the Amazon Connect Administrator Guide.")
    assert (page.gaps, len(page.errors or ())) == ((), 6)


def test_a_warning_on_the_parent_stays_on_the_parent() -> None:
    details = at(main_page("connect/create_participant.rst").input, "ParticipantDetails")
    assert [(part.kind, part.codes[:1]) for part in details.prose] == [
        ("paragraph", ()),
        ("warning", ("ParticipantRole",)),
    ]


def test_a_copy_with_a_bare_heading_does_not_know_its_errors() -> None:
    page = main_page("connect/create_contact.txt")
    assert page.rendering == "text"
    assert page.errors is None
    assert [gap.what for gap in page.gaps] == [
        "documentation-lost",
        "prose-lost",
        "errors-unknown",
    ]
    reference = at(page.input, "References", "{}", "Type")
    assert (reference.mark, reference.mark_line) == ("Type (string) – [REQUIRED]", 67)
    assert "DATE must be of type Epoch timestamp." in reference.prose[0].text
    assert at(page.input, "ClientToken").autopopulated


def test_a_bullet_of_prose_is_no_member() -> None:
    page = main_page("chime-sdk-identity/register_app_instance_user_endpoint.txt")
    assert page.rendering == "text-2023"
    type_ = at(page.input, "Type")
    assert type_.children == ()
    assert [part.text.split(" : ")[0] for part in type_.prose if part.kind == "item"] == [
        "APNS",
        "APNS_SANDBOX",
        "GCM",
    ]
    assert type_.prose[-1].kind == "paragraph"
    token = at(page.input, "ClientRequestToken")
    assert (token.required, token.autopopulated) == (True, True)
    name = at(page.input, "Name")
    assert [(part.text, part.line) for part in name.prose] == [
        ("The name of the AppInstanceUserEndpoint .", name.line)
    ]


def test_maps_of_structures_keep_their_place() -> None:
    page = main_page("pinpoint/send_messages.txt")
    push = at(page.input, "MessageRequest", "Addresses", "{}", "ChannelType")
    assert push.enum[:3] == ("PUSH", "GCM", "APNS")
    assert at(page.output, "MessageResponse", "Result", "{}", "StatusCode").type == "integer"
    assert any(part.text == "The request succeeded." for part in page.documentation)


# ---------------------------------------------------------------- odd pages

COPY = """Svc / Client / act

Svc.Client.act(**kwargs)

Acts.

Request Syntax

response = client.act(
    Mode='string',
    Data={{
        'string': 'string',
        'list': [
            'string',
        ]
    }}
)
Parameters:
{parameters}
Returns:

None

Exceptions

  • Svc.Client.exceptions.Conflict
"""
MODES = """  • Mode (string) –

    What to do.

    • RequestResponse (default) – Waits.

    • Mode (string) – a bullet of prose that names the member.

"""
DATA = """  • Data (dict) –

    Takes:

    • string (integer) – not of the member's type.

    • string (string) –

    • list (list) –

      • (string) –

"""


def act(parameters: str) -> Page:
    return read_page(COPY.format(parameters=parameters), file="act.txt")


def test_the_syntax_block_tells_members_from_bullets_that_look_alike() -> None:
    page = act(MODES + DATA)
    assert page.gaps == ()
    mode, data = page.input
    assert [part.text.split()[0] for part in mode.prose if part.kind == "item"] == [
        "RequestResponse",
        "Mode",
    ]
    assert [(child.step, child.type) for child in data.children] == [
        ("string", "string"),
        ("list", "list"),
    ]
    assert "not of the member's type" in data.prose[-1].text
    assert page.returns_none


def test_what_the_list_lacks_is_a_gap_and_not_guessed() -> None:
    page = act(MODES)
    assert [member.step for member in page.input] == ["Mode"]
    assert [(gap.what, gap.where, gap.line) for gap in page.gaps] == [
        ("members-lost", "input/Data", 11)
    ]


def test_what_the_syntax_block_lacks_is_kept_and_reported() -> None:
    page = act(MODES + DATA + "  • Extra (string) – More.\n")
    assert page.input[-1].step == "Extra"
    assert [(gap.what, gap.where) for gap in page.gaps] == [("not-in-syntax", "input/Extra")]


def test_two_different_types_are_reported() -> None:
    source = (SAMPLES / "rst" / "sqs" / "tag_queue.rst").read_text(encoding="utf-8")
    page = read_page(source.replace("QueueUrl='string'", "QueueUrl=123"), file="f.rst")
    assert [(gap.what, gap.where) for gap in page.gaps] == [("type-differs", "input/QueueUrl")]


def test_a_wrapped_paragraph_is_one() -> None:
    page = act("  • Mode (string) –\n\n    What to\n    do.\n\n" + DATA)
    assert [(part.text, part.line) for part in page.input[0].prose] == [("What to do.", 21)]


def test_a_note_in_a_copy_is_its_next_paragraph_or_its_bullets() -> None:
    notes = "    Note\n\n    Be careful.\n\n    Warning\n\n    • Very.\n\n"
    mode = act("  • Mode (string) –\n\n" + notes + DATA).input[0]
    assert [(part.kind, part.text, part.line) for part in mode.prose] == [
        ("note", "Be careful.", 23),
        ("item", "Very.", 27),
    ]


def test_fields_that_a_copy_left_untransformed_are_parameters() -> None:
    fields = ":type Mode: string\n:param Mode: [REQUIRED]\n\n    What to do.\n\n"
    data = ":type Data: dict :param Data: Takes.\n\n"
    page = act(fields + data)
    mode, other = page.input
    assert (mode.step, mode.type, mode.required) == ("Mode", "string", True)
    assert [part.text for part in mode.prose] == ["What to do."]
    assert (other.type, other.prose[0].text) == ("dict", "Takes.")


def test_a_section_that_is_too_large_is_elided() -> None:
    path = SAMPLES / "text" / "bedrock-runtime" / "converse.txt"
    page = read_page(path.read_text(encoding="utf-8"), file=path.name)
    assert page.elided == ("output",)
    assert at(page.output, "usage", "inputTokens").type == "integer"
    gap = page.gaps[0]
    assert (gap.what, gap.where, gap.line) == ("elided", "response_structure", 2462)


def test_a_page_without_exceptions_has_none() -> None:
    page = read_page(COPY.format(parameters=MODES + DATA).split("Exceptions")[0], file="f")
    assert page.errors == ()


GUZZLE = """<html><body><dl class="py method">
<dt class="sig sig-object py" id="Svc.Client.act">
<span class="sig-prename descclassname"><span class="pre">Svc.Client.</span></span>\
<span class="sig-name descname"><span class="pre">act</span></span>(<em>**kwargs</em>)\
<a class="headerlink" href="#Svc.Client.act" title="Permalink">¶</a></dt>
<dd><p>Acts on <code class="docutils literal">a &amp; b</code> .</p>
<p><strong>Request Syntax</strong></p>
<div class="highlight-default"><div class="highlight"><pre><span></span>response = client.act(
    Mode=<span class="s1">'A'</span>|<span class="s1">'B'</span>
)
</pre></div>
</div>
<table class="docutils field-list"><tbody>
<tr><th class="field-name">Parameters:</th><td class="field-body">
<ul class="first simple"><li><p><strong>Mode</strong> (<em>string</em>) -- </p>
<p><strong>[REQUIRED]</strong></p>
<p>How.</p>
<div class="admonition warning">
<p class="admonition-title">Warning</p>
<ul><li><p><code>A</code> is old.</p></li></ul>
</div>
</li></ul></td></tr>
<tr><th class="field-name">Returns:</th><td class="field-body"><p>None</p></td></tr>
</tbody></table>
<p><strong>Exceptions</strong></p>
<ul><li><p><code>Svc.Client.exceptions.Conflict</code></p></li></ul>
</dd></dl></body></html>
"""


def test_reads_the_html_of_2023() -> None:
    page = read_page(GUZZLE, file="act.html")
    assert (page.rendering, page.client, page.method, page.gaps) == ("html", "Svc", "act", ())
    assert page.documentation[0].codes == ("a & b",)
    (mode,) = page.input
    assert (mode.line, mode.mark, mode.mark_line) == (13, "[REQUIRED]", 14)
    assert (mode.enum, mode.enum_line) == (("A", "B"), 7)
    assert [(part.kind, part.text, part.line) for part in mode.prose] == [
        ("paragraph", "How.", 15),
        ("item", "A is old.", 18),
    ]
    assert [error.name for error in page.errors or ()] == ["Conflict"]


# ---------------------------------------------------------------- pages that are none

SDK_ONLY = """.. py:method:: S3.Client.upload_file(Filename, Bucket, Key)

  Upload a file to an S3 object.
"""
NOT_PAGES = {
    "empty": ("", "not a page"),
    "prose": ("Some text about S3.Client.put_object and nothing else.", "not a page"),
    "html": ("<!doctype html><html><body><p>Hello</p></body></html>", "not a page"),
    "upload": (SDK_ONLY, "S3.Client.upload_file is not an operation"),
    "paginator": (
        ".. py:class:: SQS.Paginator.ListQueues\n\n  .. py:method:: paginate(**kwargs)\n",
        "not an operation",
    ),
    "paginator-html": (
        '<html><dl class="py class">\n<dt class="sig" id="SQS.Paginator.ListQueues">',
        "SQS.Paginator.ListQueues is not an operation",
    ),
    "waiter": ("class S3.Waiter.BucketExists\n\nS3.Waiter.BucketExists(x)\n", "not an operation"),
    "many": (GUZZLE + GUZZLE, "several methods"),
}


@pytest.mark.parametrize(("text", "message"), NOT_PAGES.values(), ids=NOT_PAGES)
def test_refuses_what_is_no_operation_and_says_what_to_do(text: str, message: str) -> None:
    with pytest.raises(PageError, match=message) as caught:
        read_page(text, file="page.txt")
    assert caught.value.file == "page.txt"
    assert caught.value.hint


@pytest.mark.parametrize("rendering", ["rst", "text", "text-2023", "html"])
@pytest.mark.parametrize("share", [0.3, 0.5, 0.7])
def test_refuses_a_truncated_page(rendering: str, share: float) -> None:
    folder = SAMPLES / rendering / "kinesis"
    (path,) = (path for path in folder.glob("list_shards.*") if path.suffix != ".json")
    text = path.read_text(encoding="utf-8")
    start = text.index("Kinesis.Client.list_shards")
    end = text.index("Exceptions", start)
    with pytest.raises(PageError, match="truncated") as caught:
        read_page(text[: start + int((end - start) * share)], file="f")
    assert caught.value.line > 0


def test_refuses_a_page_that_is_too_large_before_reading_it() -> None:
    with pytest.raises(PageError, match="at most 16 MB"):
        read_page("•" * (MAX_BYTES // 2), file="f")


DEEP = {
    "rst": ".. py:method:: A.Client.b()\n\n"
    + "".join("  " * depth + "- *(list) --*\n" for depth in range(500)),
    "text": "A.Client.b()\n\nRequest Syntax\n\nresponse = client.b()\nParameters:\n"
    + "".join("  " * depth + "• (list) –\n" for depth in range(500)),
    "html": '<dl class="py method">' + "<ul><li>(list) –" * 10_000,
}


@pytest.mark.parametrize("text", DEEP.values(), ids=DEEP)
def test_refuses_nesting_without_end(text: str) -> None:
    with pytest.raises(PageError, match="nests deeper") as caught:
        read_page(text, file="f")
    assert caught.value.line > 0


def test_detect_refuses_what_is_no_page() -> None:
    assert detect(GUZZLE) == "html"
    with pytest.raises(PageError, match="not a page"):
        detect("nothing")


def test_refuses_a_page_cut_in_its_response_structure() -> None:
    path = SAMPLES / "text" / "kinesis" / "list_shards.txt"
    text = path.read_text(encoding="utf-8").split("Exceptions")[0]
    assert read_page(text, file="f").errors == ()
    for last in ("NextToken (string)", "HashKeyRange (dict)"):
        cut = text[: text.rindex(f"• {last}")]
        with pytest.raises(PageError, match="inside Response Structure"):
            read_page(cut, file="f")


def test_refuses_a_page_cut_before_what_it_returns() -> None:
    text = COPY.format(parameters=MODES + DATA)
    with pytest.raises(PageError, match="inside Returns"):
        read_page(text[: text.index("None")], file="f")
