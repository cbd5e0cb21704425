namespace Gateway.Security;

/// <summary>A key as the gateway knows it: not the key itself.</summary>
/// <param name="Id">Names the key in logs and in what operators have done; no secret.</param>
/// <param name="Role">What it is good for.</param>
/// <param name="Hash">
/// SHA-256 of the key. A slow, salted hash guards passwords, which can be guessed; a key is 256 random bits, which cannot, however fast
/// the hash, and it is checked at every request.
/// </param>
/// <param name="RequestsPerSecond">Its own limit; null for the one of its role.</param>
internal sealed record ApiKey(string Id, ApiRole Role, byte[] Hash, int? RequestsPerSecond);
