export function startPrint() {}
