"""What browsers are told: a page loads our own files and nothing else, and uses no powers."""

from csp.constants import NONE, SELF

CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF, "data:"],
        "font-src": [SELF],
        "connect-src": [SELF],
        "manifest-src": [SELF],
        "form-action": [SELF],
        "object-src": [NONE],
        "frame-ancestors": [NONE],
        "base-uri": [NONE],
    }
}

_UNUSED_POWERS = ("camera", "geolocation", "microphone", "payment", "usb", "browsing-topics")
_PERMISSIONS_POLICY = ", ".join(f"{power}=()" for power in _UNUSED_POWERS)
#: On every answer, also where Django's own middleware did not get to see the request.
FIXED_HEADERS = {
    "Permissions-Policy": _PERMISSIONS_POLICY,
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Referrer-Policy": "same-origin",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
}
