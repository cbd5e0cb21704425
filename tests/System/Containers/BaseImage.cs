using System.Formats.Tar;
using System.IO.Compression;
using System.Runtime.InteropServices;
using System.Text.Json;

namespace Tests.System.Containers;

/// <summary>
/// A tiny image in the place of Microsoft's runtime image, which tests cannot pull: what the SDK reads of it (environment, user, folders), no program.
/// </summary>
internal static class BaseImage
{
    private static readonly string[] Folders = ["app/", "data/", "home/app/", "tmp/", "usr/share/dotnet/"];

    /// <summary>Architecture of this machine, as Go names it.</summary>
    public static string Architecture => RuntimeInformation.OSArchitecture == global::System.Runtime.InteropServices.Architecture.Arm64 ? "arm64" : "amd64";

    /// <summary>Starts a registry that offers it.</summary>
    public static async Task<OciRegistry> OfferAsync()
    {
        var tar = Files();
        var config = JsonSerializer.SerializeToUtf8Bytes(new
        {
            architecture = Architecture,
            os = "linux",
            created = "2026-01-01T00:00:00Z",
            config = new
            {
                User = "1654",
                Env = new[] { "PATH=/usr/bin:/bin", "APP_UID=1654", "ASPNETCORE_HTTP_PORTS=8080", "DOTNET_RUNNING_IN_CONTAINER=true" },
                WorkingDir = "/",
            },
            rootfs = new { type = "layers", diff_ids = new[] { OciRegistry.DigestOf(tar) } },
            history = new[] { new { created = "2026-01-01T00:00:00Z", created_by = "a test" } },
        });
        return await OciRegistry.StartAsync(config, Zipped(tar), Architecture);
    }

    private static byte[] Zipped(byte[] tar)
    {
        using var zipped = new MemoryStream();
        using (var gzip = new GZipStream(zipped, CompressionLevel.Fastest, leaveOpen: true))
        {
            gzip.Write(tar);
        }

        return zipped.ToArray();
    }

    private static byte[] Files()
    {
        using var content = new MemoryStream();
        using (var tar = new TarWriter(content, TarEntryFormat.Pax, leaveOpen: true))
        {
            foreach (var folder in Folders)
            {
                tar.WriteEntry(new PaxTarEntry(TarEntryType.Directory, folder)
                {
                    Mode = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute | UnixFileMode.GroupRead
                        | UnixFileMode.GroupExecute | UnixFileMode.OtherRead | UnixFileMode.OtherExecute,
                });
            }
        }

        return content.ToArray();
    }
}
