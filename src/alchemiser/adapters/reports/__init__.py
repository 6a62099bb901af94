"""Reports as files: HTML with charts, Markdown, and JSON for programs."""
