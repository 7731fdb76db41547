// A photo as it leaves the camera is large and says where, when and with what it was taken. Drawing it
// anew on a canvas keeps the picture, at most 1600 px long, and nothing else: EXIF does not survive.

const LONGEST_PX = 1600;
const JPEG_QUALITY = 0.8;

export async function plainJpeg(file: Blob, max_pixels: number | null): Promise<Uint8Array> {
  const picture = await createImageBitmap(file, { imageOrientation: "from-image" });
  const scale = Math.min(1, Math.min(LONGEST_PX, max_pixels ?? LONGEST_PX) / Math.max(picture.width, picture.height));
  const canvas = document.createElement("canvas");
  canvas.width = Math.max(1, Math.round(picture.width * scale));
  canvas.height = Math.max(1, Math.round(picture.height * scale));
  const pen = canvas.getContext("2d");
  if (pen === null) throw new Error("no canvas");
  pen.drawImage(picture, 0, 0, canvas.width, canvas.height);
  picture.close();
  const blob = await new Promise<Blob | null>((resolve) => canvas.toBlob(resolve, "image/jpeg", JPEG_QUALITY));
  if (blob === null) throw new Error("the picture cannot be written");
  return new Uint8Array(await blob.arrayBuffer());
}
