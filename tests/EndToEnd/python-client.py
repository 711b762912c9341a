"""Python's prometheus_client with one metric of each kind. `serve` answers scrapes and prints the address it listens on; `push ADDRESS` calls a Pushgateway."""
import sys
from wsgiref.simple_server import WSGIRequestHandler, make_server

import prometheus_client as prom


def metrics():
    registry = prom.CollectorRegistry()
    requests = prom.Counter("py_requests", "Requests.\nTwo lines.", ["path"], registry=registry)
    requests.labels('/"a"\\b').inc(3, {"trace_id": "py"})
    prom.Gauge("py_size_bytes", "A size.", registry=registry).set(1.5e10)
    wait = prom.Histogram("py_wait_seconds", "Waits.", buckets=(0.1, 1, 10), registry=registry)
    for value in (0.05, 0.5, 20):
        wait.observe(value, {"trace_id": "py%s" % value})
    prom.Summary("py_taken_seconds", "Times.", registry=registry).observe(2.5)
    prom.Info("py_build", "Build.", registry=registry).info({"version": "1"})
    prom.Enum("py_state", "State.", states=["up", "down"], registry=registry).state("down")
    return registry


class Quiet(WSGIRequestHandler):
    def log_message(self, *arguments):
        pass


def serve():
    server = make_server("127.0.0.1", 0, prom.make_wsgi_app(metrics()), handler_class=Quiet)
    print("127.0.0.1:%d" % server.server_port, flush=True)
    server.serve_forever()


def push(address):
    key = {"host": "a/b", "empty": ""}
    prom.push_to_gateway(address, job="py-batch", registry=metrics(), grouping_key=key)
    more = prom.CollectorRegistry()
    prom.Gauge("py_more", "More.", registry=more).set(7)
    prom.pushadd_to_gateway(address, job="py-batch", registry=more, grouping_key=key)
    prom.push_to_gateway(address, job="py-gone", registry=more)
    prom.delete_from_gateway(address, job="py-gone")


serve() if sys.argv[1] == "serve" else push(sys.argv[2])
