"""conf.py: the Markdown pages of the repository as one site, by Sphinx with MyST (make site)."""

project = "conv2d-cts"
extensions = ["myst_parser"]
source_suffix = {".md": "markdown"}
root_doc = "README"
myst_heading_anchors = 4
html_theme = "alabaster"
html_theme_options = {"description": "conformance tests of two-dimensional convolution"}
html_sidebars = {"**": ["about.html", "searchbox.html", "globaltoc.html"]}
html_static_path = ["_static"]
html_css_files = ["custom.css"]
