using Consistency.Commands;
using Consistency.Storage;
using Contracts.Snapshots;
using Contracts.Stock;
using Inventory.Storage;
using ServiceDefaults.Commands;
using ServiceDefaults.Problems;

namespace Inventory.Reserving;

/// <summary>
/// Inventory's side of the orchestration: an orchestrator calls, and is answered with what came of it. A refusal is an answer (200), not
/// an error. Released and NeverReserved are final, so a late or repeated call changes nothing, whatever order the calls arrive in.
/// </summary>
internal static class ReservationSteps
{
    public static void MapReservationSteps(this WebApplication app)
    {
        app.MapPut("/reservations/{orderId}", (string orderId, ReservationRequest request, HttpContext http, WriteQueue<InventoryDb> writes) =>
        {
            RefusedException.ThrowIfAny(request.Validate(orderId));
            return writes.ExecuteCommandAsync(http, "reserve-stock", request, work => Reserve(work, orderId, request));
        });
        app.MapPost("/reservations/{orderId}/commit", (string orderId, HttpContext http, WriteQueue<InventoryDb> writes) =>
            writes.ExecuteCommandAsync(http, "commit-reservation", body: null, work => Commit(work, orderId)));
        app.MapPost("/reservations/{orderId}/release", (string orderId, ReleaseRequest request, HttpContext http, WriteQueue<InventoryDb> writes) =>
        {
            RefusedException.ThrowIfAny(request.Validate(orderId));
            return writes.ExecuteCommandAsync(http, "release-stock", request, work => Release(work, orderId, request));
        });
    }

    public static CommandAnswer Reserve(UnitOfWork<InventoryDb> work, string orderId, ReservationRequest request)
    {
        if (work.Db.FindReservation(orderId) is { } known)
        {
            return Answer(known);
        }

        var lines = request.Lines!.Select(l => new ReservedLine(l!.Sku!, (int)l.Quantity!.Value)).ToList();
        return Reservations.Add(work, orderId, Reservations.Unversioned, lines, request.Order) is { } refusal
            ? Answer(new ReservationOutcome(orderId, ReservationStatuses.Rejected, refusal.ReasonCode, refusal.Detail))
            : Answer(new ReservationOutcome(orderId, ReservationStatuses.Reserved, ReasonCode: null, Detail: null));
    }

    public static CommandAnswer Commit(UnitOfWork<InventoryDb> work, string orderId)
    {
        // Only a confirmed order is committed, and that rests on our own reservation: an unknown one means that this database lost it.
        var reservation = work.Db.FindReservation(orderId) ?? throw RefusedException.NotFound("reservation for order", orderId);
        Reservations.Ship(work, reservation, Reservations.Unversioned);
        return Answer(reservation);
    }

    public static CommandAnswer Release(UnitOfWork<InventoryDb> work, string orderId, ReleaseRequest request) =>
        Answer(Reservations.Undo(work, orderId, Reservations.Unversioned, request.ReasonCode!));

    private static CommandAnswer Answer(Reservation reservation) =>
        Answer(new ReservationOutcome(reservation.OrderId, reservation.Status, reservation.ReasonCode, reservation.Detail));

    private static CommandAnswer Answer(ReservationOutcome outcome) => CommandEndpoints.Answer(StatusCodes.Status200OK, outcome);
}
