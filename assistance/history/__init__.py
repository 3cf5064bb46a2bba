"""Who changed what, when and why, of a request or an activity, read from the triggers' history."""
