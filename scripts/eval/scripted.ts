// Whether a server plays a model from a script (docs/fake-model.md): each of its responses says so.

/** A server that does not respond counts as real: asking it will say more. */
export const isScripted = async (url: string): Promise<boolean> => {
  try {
    const response = await fetch(url, { redirect: "manual", signal: AbortSignal.timeout(5_000) });
    await response.body?.cancel();
    return response.headers.has("x-kin-scripted");
  } catch {
    return false;
  }
};
