"""Orders in FIX words: messages, the order's life, the plan and the approval."""
