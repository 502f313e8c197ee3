"""From content to answer: the policies, the search over them, and what is said."""
