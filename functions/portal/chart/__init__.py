"""The SOP as a picture."""
