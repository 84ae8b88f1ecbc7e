"""What a reader or a machine gets, written from one frozen result and its recording; nothing here decides a verdict."""
