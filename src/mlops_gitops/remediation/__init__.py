"""What follows a verdict: pure decisions that a use case turns into commits."""
