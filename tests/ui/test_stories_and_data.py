import gradio as gr
import pytest

from facescore import Scorer
from facescore.ui import data, male, networks, stories, stories_and_data, write_ups


def test_nothing_is_written_before_the_tab_is_opened(monkeypatch: pytest.MonkeyPatch, scorer: Scorer) -> None:
    def refuse(*_: object) -> str:
        raise AssertionError("a part was written while the page was built")

    for module in (data, male, networks, stories, write_ups):
        monkeypatch.setattr(module, "describe", refuse)
    with gr.Blocks() as page, gr.Tab("stories"):
        stories_and_data.build(scorer)
    shown = [function for function in page.fns.values() if function.outputs]
    events = {(type(page.blocks[block]), event) for one in shown for block, event in one.targets if block is not None}
    assert events == {(gr.Tab, "select"), (gr.Radio, "input"), (gr.UploadButton, "upload")}
