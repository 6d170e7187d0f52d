"""What passes between the subsystems: plain frozen values that carry no behaviour beyond their own reading."""
