"""The portal: one SOP, published and running."""
