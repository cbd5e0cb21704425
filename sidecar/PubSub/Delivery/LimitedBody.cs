using Sidecar.PubSub.Envelopes;

namespace Sidecar.PubSub.Delivery;

/// <summary>Reads an app's answer into pooled memory.</summary>
internal static class LimitedBody
{
    /// <summary>The body, or null where it is longer than <paramref name="max"/> bytes.</summary>
    public static async Task<PooledBuffer?> ReadAsync(HttpContent content, int max, CancellationToken cancellationToken)
    {
        var buffer = new PooledBuffer(256);
        try
        {
            if (content.Headers.ContentLength == 0)
            {
                return buffer;
            }
            using var stream = await content.ReadAsStreamAsync(cancellationToken);
            while (await stream.ReadAsync(buffer.GetMemory(256), cancellationToken) is > 0 and var read)
            {
                buffer.Advance(read);
                if (buffer.Written.Length > max)
                {
                    buffer.Dispose();
                    return null;
                }
            }
            return buffer;
        }
        catch
        {
            buffer.Dispose();
            throw;
        }
    }
}
