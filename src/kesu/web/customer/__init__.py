"""The customer's pages: filing at a site's door, following by the secret link. No sign-in."""
