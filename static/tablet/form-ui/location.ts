// One fix, asked for by a tap: no watching before or after. The raw WGS-84 coordinate and its accuracy
// are kept as the device gave them; nothing is shifted here.

export interface Fix {
  lat: number;
  lon: number;
  altitude_m: number;
  accuracy_m: number;
}

export type FixFailure = "denied" | "failed";

const WAIT_MS = 30_000;

export function currentFix(): Promise<Fix> {
  return new Promise((resolve, reject) => {
    const failed = (error: { code: number }) => reject(new Error(error.code === 1 ? "denied" : "failed"));
    if (!("geolocation" in navigator)) return failed({ code: 2 });
    navigator.geolocation.getCurrentPosition(
      ({ coords }) =>
        resolve({
          lat: coords.latitude,
          lon: coords.longitude,
          altitude_m: coords.altitude ?? 0,
          accuracy_m: coords.accuracy,
        }),
      failed,
      { enableHighAccuracy: true, timeout: WAIT_MS, maximumAge: 0 },
    );
  });
}

/** As ODK writes a point: latitude, longitude, altitude, accuracy. */
export function pointText(fix: Fix): string {
  return [fix.lat, fix.lon, fix.altitude_m, fix.accuracy_m].join(" ");
}
