"""The day pack: what one worker takes along for one round. Its shape is `static/tablet/types.ts`."""
