"""The workbench: what no mandate is linked to yet, worked off one after the other by keyboard."""
