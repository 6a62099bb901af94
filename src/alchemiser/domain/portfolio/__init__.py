"""From weights of strategies to one account: targets, books' intents, crossing, consolidation."""
