# SPDX-License-Identifier: AGPL-3.0-or-later
"""Line drawings on a 24 × 24 grid, drawn for Terreau (stroke 1.75, round ends).

Each value is the ``d`` of one path.
"""

ICONS: dict[str, str] = {
    "week": "M4 6h16v14H4zM4 10h16M8 3v4M16 3v4M8 14h3M8 17h6",
    "book": "M5 4h11a3 3 0 0 1 3 3v13H8a3 3 0 0 1-3-3zM5 17a3 3 0 0 1 3-3h11M9 8h6",
    "compass": "M12 3a9 9 0 1 0 0 18a9 9 0 1 0 0-18M15.5 8.5l-2 5l-5 2l2-5z",
    "people": "M9 11a3.5 3.5 0 1 0 0-7a3.5 3.5 0 1 0 0 7M2.5 20c0-4 3-6.5 6.5-6.5s6.5 2.5 6.5 6.5"
    "M16 11a3 3 0 1 0-1.5-5.6M18 14c2.2.8 3.5 3 3.5 6",
    "sprout": "M12 21v-9M12 12c0-4-3-6-8-6c0 5 3 7 8 6M12 15c0-4 3-7 8-7c0 5-3 8-8 7M6 21h12",
    "handshake": "M3 8l4-2l5 2l5-2l4 2v8l-3 1M3 8v8l3 1l4 3l2 0l6-4M12 8l-3 4l2 1.5l3-2l4 4",
    "basket": "M3 10h18l-2 10H5zM8 10l3-6M16 10l-3-6M9 14v3M12 14v3M15 14v3",
    "leaf": "M5 19c-1-9 4-14 15-14c0 11-5 15-13 14M5 19c2-5 5-8 10-10",
    "relay": "M4 8h11l-3-3M20 16H9l3 3M15 8l-3 3M9 16l3-3",
    "eye": "M2.5 12c3-5 6-7 9.5-7s6.5 2 9.5 7c-3 5-6 7-9.5 7s-6.5-2-9.5-7M12 9a3 3 0 1 0 0 6"
    "a3 3 0 1 0 0-6",
    "plus": "M12 5v14M5 12h14",
    "menu": "M4 7h16M4 12h16M4 17h16",
    "search": "M10.5 4a6.5 6.5 0 1 0 0 13a6.5 6.5 0 1 0 0-13M15.5 15.5L21 21",
    "person": "M12 12a4 4 0 1 0 0-8a4 4 0 1 0 0 8M4.5 20.5c.5-4 3.5-6 7.5-6s7 2 7.5 6",
    "arrow-left": "M19 12H5M11 6l-6 6l6 6",
    "arrow-right": "M5 12h14M13 6l6 6l-6 6",
    "check": "M5 13l4.5 4.5L19 7",
    "info": "M12 3a9 9 0 1 0 0 18a9 9 0 1 0 0-18M12 11v5.5M12 7.5v.3",
    "warn": "M12 4L2.5 20h19zM12 10v4.5M12 17v.3",
    "error": "M8 3h8l5 5v8l-5 5H8l-5-5V8zM9 9l6 6M15 9l-6 6",
    "download": "M12 4v11M7 11l5 5l5-5M5 20h14",
    "print": "M7 9V3h10v6M7 17H4V9h16v8h-3M7 14h10v7H7z",
    "edit": "M4 20l1-4L16 5l3 3L8 19zM14 7l3 3",
    "clock": "M12 3a9 9 0 1 0 0 18a9 9 0 1 0 0-18M12 7v5.5l3.5 2",
    "mail": "M3 6h18v12H3zM3 7l9 7l9-7",
    "key": "M8 11a4.5 4.5 0 1 0 0 9a4.5 4.5 0 1 0 0-9M11 12l8-8M16 7l3 3M14 9l2 2",
    "pin": "M12 21c-5-6-7-9-7-12a7 7 0 0 1 14 0c0 3-2 6-7 12M12 6.5a2.5 2.5 0 1 0 0 5"
    "a2.5 2.5 0 1 0 0-5",
    "speech": "M4 5h16v11H11l-5 4v-4H4z",
    "link": "M10 14l4-4M8.5 11.5l-3 3a3.5 3.5 0 0 0 5 5l3-3M15.5 12.5l3-3a3.5 3.5 0 0 0-5-5l-3 3",
    "file": "M6 3h8l4 4v14H6zM14 3v4h4M9 12h6M9 16h6",
    "out": "M14 4h6v16h-6M4 12h11M11 8l4 4l-4 4",
}
