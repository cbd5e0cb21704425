using System.Diagnostics;

[assembly: AssemblyFixture(typeof(Tests.System.Containers.PublishedImages))]

namespace Tests.System.Containers;

/// <summary>The images of all apps, published once, by the documented command, on a base image from a registry of our own.</summary>
public sealed class PublishedImages : IAsyncDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("images-").FullName;
    private readonly SemaphoreSlim _once = new(1);
    private bool _published;

    /// <summary>The archive of an app.</summary>
    internal async Task<ImageArchive> OfAsync(string app)
    {
        await _once.WaitAsync();
        try
        {
            if (!_published)
            {
                await PublishAsync();
                _published = true;
            }
        }
        finally
        {
            _once.Release();
        }

        return ImageArchive.Open(Path.Combine(_folder, $"{app}.tar.gz"), Path.Combine(_folder, Path.GetRandomFileName()));
    }

    public ValueTask DisposeAsync()
    {
        _once.Dispose();
        Directory.Delete(_folder, recursive: true);
        return ValueTask.CompletedTask;
    }

    private async Task PublishAsync()
    {
        await using var registry = await BaseImage.OfferAsync();

        // What the test run has built: building beside it would replace files that other tests are running.
        string[] arguments =
        [
            "publish", Path.Combine(RunFile.Root, "services", "images.slnf"), "-t:PublishContainer", $"-p:ImagesFolder={_folder}",
            $"-p:ContainerBaseImage={registry.Image}", "--no-build", "-c", "Debug", "-m:1", "-nodeReuse:false", "--nologo",
        ];
        using var publish = Process.Start(new ProcessStartInfo("dotnet", arguments)
        {
            UseShellExecute = false, RedirectStandardOutput = true, RedirectStandardError = true,
        })!;
        var (output, errors) = (publish.StandardOutput.ReadToEndAsync(), publish.StandardError.ReadToEndAsync());
        await publish.WaitForExitAsync();
        publish.ExitCode.ShouldBe(0, await output + await errors);
    }
}
