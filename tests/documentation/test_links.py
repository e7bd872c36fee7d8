"""Asking whether addresses are there, against a server of our own."""

import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest

from tools.links import ask, external, main


class Answers(BaseHTTPRequestHandler):
    """`/there` is there, `/shy` takes no HEAD, everything else is gone."""

    def do_HEAD(self) -> None:
        self.send_response({"/there": 200, "/shy": 405}.get(self.path, 404))
        self.end_headers()

    def do_GET(self) -> None:
        self.send_response(200 if self.path == "/shy" else 404)
        self.end_headers()

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@pytest.fixture
def host() -> Iterator[str]:
    server = HTTPServer(("127.0.0.1", 0), Answers)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()


def test_each_address_is_asked_for_once(host: str, tmp_path: Path) -> None:
    (tmp_path / "a.html").write_text(f'<a class="x" href="{host}/there#part">a</a> <a href={host}/shy>b</a> <img src="{host}/picture">')
    (tmp_path / "b.html").write_text(f'<a href="{host}/there">a</a> <a href="a.html">c</a>')
    assert external(tmp_path) == {f"{host}/there": ["a.html", "b.html"], f"{host}/shy": ["a.html"]}
    assert ask(external(tmp_path), pause=0) == {f"{host}/there": 200, f"{host}/shy": 200}
    assert main([str(tmp_path)]) == 0


def test_what_is_gone_fails_and_who_does_not_answer_does_not(host: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "a.html").write_text('<a href="http://127.0.0.1:1/">a</a>')
    assert main([str(tmp_path)]) == 0
    assert "not known: http://127.0.0.1:1/ (" in capsys.readouterr().out
    (tmp_path / "b.html").write_text(f'<a href="{host}/nothing">a</a>')
    assert main([str(tmp_path)]) == 1
    assert f"gone: {host}/nothing (404), from b.html" in capsys.readouterr().out
