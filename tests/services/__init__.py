"""Services of another office, of other shapes than the seed's, and their stories; no Python knows them."""
