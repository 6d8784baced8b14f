// A board that is looked at again asks at once what has changed.
document.addEventListener("visibilitychange", () => { if (!document.hidden) document.body.dispatchEvent(new Event("board-again")); });
