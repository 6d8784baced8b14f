"""Alarms of devices, told by an MQTT broker."""
