using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace SQLitePCL;

/// <summary>
/// Teaches the native library of the SQLite package that air-gapped feeds carry (2.0.6) to sleep for less than a second. It was
/// built without <c>usleep</c>, so that a reader which meets a commit in the wrong microsecond sleeps a whole second where SQLite asks for
/// one microsecond (walTryBeginRead in wal.c, unixSleep in os_unix.c): one operation in some ten thousand under load. The library's
/// default VFS gets another xSleep. Newer packages need none of this: with <c>-p:OfficialPackages=true</c> this file is left out.
/// </summary>
internal static class SubSecondSleep
{
    private const string Library = "e_sqlite3";

    // Kept: the library calls it for as long as the process lives.
    private static readonly SleepCallback Callback = Sleep;

    [UnmanagedFunctionPointer(CallingConvention.Cdecl)]
    private delegate int SleepCallback(nint vfs, int microseconds);

#pragma warning disable CA2255 // It must happen before anyone opens a database, whoever that is.
    [ModuleInitializer]
    internal static void Install()
#pragma warning restore CA2255
    {
        if (OperatingSystem.IsWindows() || CompileOptionUsed("HAVE_USLEEP") != 0)
        {
            return;
        }

        var vfs = FindVfs(null);
        if (vfs != 0)
        {
            Marshal.WriteIntPtr(vfs, (int)Marshal.OffsetOf<Vfs>(nameof(Vfs.XSleep)), Marshal.GetFunctionPointerForDelegate(Callback));
        }
    }

    // Answers with the time slept, as the interface wants it.
    private static int Sleep(nint vfs, int microseconds)
    {
        if (microseconds < TimeSpan.MicrosecondsPerMillisecond)
        {
            Thread.Yield();
        }
        else
        {
#pragma warning disable RS0030 // To sleep is what SQLite asks for, on its own thread.
            Thread.Sleep(TimeSpan.FromMicroseconds(microseconds));
#pragma warning restore RS0030
        }

        return microseconds;
    }

    [DllImport(Library, EntryPoint = "sqlite3_compileoption_used", CallingConvention = CallingConvention.Cdecl)]
    private static extern int CompileOptionUsed([MarshalAs(UnmanagedType.LPUTF8Str)] string name);

    [DllImport(Library, EntryPoint = "sqlite3_vfs_find", CallingConvention = CallingConvention.Cdecl)]
    private static extern nint FindVfs([MarshalAs(UnmanagedType.LPUTF8Str)] string? name);

    /// <summary>The head of <c>struct sqlite3_vfs</c>. Source: sqlite3.h, unchanged since 3.5.0.</summary>
    [StructLayout(LayoutKind.Sequential)]
    private struct Vfs
    {
        public int Version;
        public int FileSize;
        public int PathLengthMax;
        public nint Next;
        public nint Name;
        public nint AppData;
        public nint XOpen;
        public nint XDelete;
        public nint XAccess;
        public nint XFullPathname;
        public nint XDlOpen;
        public nint XDlError;
        public nint XDlSym;
        public nint XDlClose;
        public nint XRandomness;
        public nint XSleep;
    }
}
