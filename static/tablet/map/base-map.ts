// The base map out of the day pack: one PMTiles file in the tablet's own storage, read without a network
// and drawn by the desk's tile layer.
import { FileSource, PMTiles } from "pmtiles";
import { TileStore } from "../../public/map/tile-store.js";

export interface BaseMap {
  store: TileStore;
  attribution: string;
}

/** `name` must change with the content: FileSource keeps what it read by file name. */
export async function openBaseMap(file: Blob, name: string): Promise<BaseMap> {
  const tiles = new PMTiles(new FileSource(new File([file], name)));
  const header = await tiles.getHeader();
  const metadata = (await tiles.getMetadata()) as { attribution?: string } | null;
  const store = new TileStore({
    template: "{z}/{x}/{y}",
    minZoom: header.minZoom,
    maxZoom: header.maxZoom,
    fetchTile: async (address) => {
      const [z = 0, x = 0, y = 0] = address.split("/").map(Number);
      return (await tiles.getZxy(z, x, y))?.data ?? null;
    },
  });
  return { store, attribution: metadata?.attribution ?? "" };
}
