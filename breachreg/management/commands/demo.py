"""Fill an empty installation with a believable register, through the actions that people use."""
