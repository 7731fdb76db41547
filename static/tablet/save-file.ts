// Hand a file to the person: through the share sheet where that is the only way out (iPad), else as a download.

/** Answers whether it was handed over; closing the share sheet is a no. */
export async function saveFile(content: Blob, name: string): Promise<boolean> {
  const file = new File([content], name, { type: content.type });
  const isApple = /iPad|iPhone/.test(navigator.userAgent) || (navigator.userAgent.includes("Macintosh") && navigator.maxTouchPoints > 1);
  if (isApple && navigator.canShare?.({ files: [file] })) {
    try {
      await navigator.share({ files: [file] });
      return true;
    } catch {
      return false; // the sheet was closed, or the system refused
    }
  }
  const link = document.createElement("a");
  link.href = URL.createObjectURL(content);
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 60_000);
  return true;
}
