"""Ways to read the stored alert: through the Open API, from webhooks, or by a class of the user's own; never pushes."""

from conformance.observe.agree import Agreement
from conformance.observe.base import Guarded, Observer
from conformance.observe.custom import load
from conformance.observe.openapi import OpenApiObserver
from conformance.observe.webhook import WebhookObserver

__all__ = ["Agreement", "Guarded", "Observer", "OpenApiObserver", "WebhookObserver", "load"]
