namespace Sidecar.Storage;

/// <summary>
/// A file that one holder at a time has open, among all processes. The kernel gives it free however the holder ends,
/// also by kill -9; the empty file stays.
/// </summary>
internal sealed class FileLock : IDisposable
{
    // Linux, macOS (EWOULDBLOCK) and Windows (ERROR_SHARING_VIOLATION).
    private static readonly int[] HeldCodes = [11, 35, unchecked((int)0x80070020)];

    private readonly FileStream _stream;

    private FileLock(FileStream stream) => _stream = stream;

    /// <summary>Takes the lock; null where somebody holds it, in this process or another.</summary>
    /// <param name="path">The lock file; created, with its directory, where it is missing.</param>
    /// <exception cref="IOException">The file cannot be made.</exception>
    /// <exception cref="UnauthorizedAccessException">It may not be written.</exception>
    public static FileLock? TryTake(string path)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(Path.GetFullPath(path))!);
        try
        {
            return new FileLock(new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None));
        }
        catch (IOException e) when (HeldCodes.Contains(e.HResult))
        {
            return null;
        }
    }

    public void Dispose() => _stream.Dispose();
}
