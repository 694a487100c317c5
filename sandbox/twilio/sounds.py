"""Silence of a given length, as the files a recording can be had in."""

import io
import wave

# One frame of MPEG-1 Layer III, 32 kbit/s, 48 kHz, mono, all of its bits nought: 24 ms of silence in 96 bytes.
_FRAME = b"\xff\xfb\x14\xc0" + bytes(92)
_FRAMES_A_SECOND = 1000 / 24


def wav(seconds: int) -> bytes:
    sound = io.BytesIO()
    with wave.open(sound, "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(8000)
        file.writeframes(bytes(16000 * seconds))
    return sound.getvalue()


def mp3(seconds: int) -> bytes:
    return _FRAME * round(seconds * _FRAMES_A_SECOND)
