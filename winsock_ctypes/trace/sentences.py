"""What the recorder says, in English and in Korean: its findings, and where a recording is.

A finding begins with the place (`server.py:57`) and the function, says what happened, and then what to do.
"""

from __future__ import annotations

import ctypes
import os
import re
from typing import Any

_LANG_KOREAN, _PRIMARY = 0x12, 0x3FF  # winnt.h: LANG_KOREAN, and the bits of a LANGID that tell the language

FINDINGS = {
    "never-alertable": (
        "{routine} was to be called, but this thread never waited alertably afterwards, so it could not run. Call "
        "SleepEx(..., TRUE), or another alertable wait, in the thread that started the operation.",
        "{routine} 루틴이 호출될 차례였지만, 그 뒤로 이 쓰레드가 alertable wait 상태가 된 적이 없어 실행되지 못했다. "
        "입출력을 시작한 쓰레드에서 SleepEx(..., TRUE) 같은 함수를 호출해 alertable wait 상태로 만들어야 한다.",
    ),
    "too-early": (
        "{routine} was to be called, but this thread's last alertable wait (line {wait}) was over before the operation "
        "completed, and no other followed. Wait alertably again and again, until the completion has been delivered.",
        "{routine} 루틴이 호출될 차례였지만, 이 쓰레드의 마지막 alertable wait({wait}번 줄)는 입출력이 완료되기 전에 끝났고 "
        "그 뒤로 다시 없었다. 완료가 전달될 때까지 alertable wait를 되풀이해야 한다.",
    ),
    "nobody-told": (
        "operation {op} completed, but nobody is told: it has no completion routine, hEvent is NULL, and the socket is "
        "attached to no completion port. {wait} (line {line}) waits for something else. Give it one of the three before it is "
        "started.",
        "입출력 {op}번이 완료됐지만 아무에게도 알려지지 않는다. Completion Routine도 없고 hEvent도 NULL이며 소켓은 어떤 "
        "Completion Port에도 연결되지 않았다. {wait}({line}번 줄)는 다른 것을 기다린다. 입출력을 시작하기 전에 셋 가운데 "
        "하나를 정해야 한다.",
    ),
    "waits-for-ever": (
        "nothing can end this wait: it has no time limit, and no operation with a completion routine is under way in this "
        "thread. Start the operations in the thread that waits, or wait with a time limit.",
        "이 대기는 끝날 수 없다. 시간 제한이 없고, 이 쓰레드에는 Completion Routine을 준 입출력이 없다. 기다리는 쓰레드에서 "
        "입출력을 시작하거나 시간을 정해서 기다려야 한다.",
    ),
    "released": (
        "memory was given back while operation {op} ({started}) was still under way. OVERLAPPED and buffer belong to the "
        "kernel until the completion is delivered, also after a cancel or closesocket: release them in the routine, or "
        "after the packet was taken.",
        "입출력 {op}번({started})이 아직 진행 중인데 메모리를 반환했다. OVERLAPPED와 버퍼는 완료가 전달될 때까지 커널의 "
        "것이다. 취소하거나 closesocket을 호출한 뒤에도 그렇다. Completion Routine 안에서, 또는 완료를 꺼낸 뒤에 반환해야 "
        "한다.",
    ),
    "reused": (
        "the OVERLAPPED is in use by an operation that is still under way. It belongs to the kernel until the completion is "
        "delivered: use one OVERLAPPED for each operation.",
        "아직 진행 중인 입출력의 OVERLAPPED를 다시 전달했다. 완료가 전달될 때까지 그 메모리는 커널의 것이다. 입출력마다 "
        "OVERLAPPED를 따로 써야 한다.",
    ),
    "shared-buffer": (
        "the buffer is lent to operation {op} ({started}), which is still under way: data of the one will overwrite the "
        "other's. Use one buffer for each operation.",
        "버퍼가 아직 진행 중인 입출력 {op}번({started})에 빌려준 메모리와 겹친다. 한쪽의 데이터가 다른 쪽을 덮어쓴다. "
        "입출력마다 버퍼를 따로 써야 한다.",
    ),
    "changed-buffer": (
        "the buffer was changed while the kernel was still sending from it: what arrives may be either. Leave a buffer "
        "alone until the completion is delivered.",
        "커널이 아직 보내고 있는 버퍼의 내용을 바꿨다. 상대가 무엇을 받을지 알 수 없다. 완료가 전달될 때까지 버퍼를 "
        "건드리지 말아야 한다.",
    ),
    "failed": (
        "failed at once with {error}, and the program did not ask: no completion will come for this call. After "
        "SOCKET_ERROR, ask WSAGetLastError(): only WSA_IO_PENDING (997) means that a completion will come.",
        "{error} 오류로 곧바로 실패했는데 이유를 확인하지 않았다. 이 호출의 완료는 오지 않는다. SOCKET_ERROR가 반환되면 "
        "WSAGetLastError()를 확인해야 한다. WSA_IO_PENDING(997)일 때만 완료가 온다.",
    ),
    "taken-for-failed": (
        "{result} came back, and nobody asked {last}(): it was WSA_IO_PENDING (997). The operation is under way, and its "
        "memory belongs to the kernel. Only another code is a failure.",
        "{result}가 반환됐는데 {last}()를 확인하지 않았다. 오류가 아니라 WSA_IO_PENDING(997)이었다. 입출력은 진행 중이고 그 "
        "메모리는 커널의 것이다. 다른 코드일 때만 실패다.",
    ),
    "one-has-failed": (
        "FALSE came with an OVERLAPPED: operation {op} has failed ({error}), and nothing is wrong with the port, at which "
        "{others} more are under way. Close the socket of that client and go on; FALSE with a NULL OVERLAPPED is the port's.",
        "FALSE와 함께 OVERLAPPED가 왔다. 입출력 {op}번이 실패한 것이고({error}) 포트에는 문제가 없다. 이 포트의 입출력 "
        "{others}개가 아직 진행 중이다. 그 클라이언트의 소켓만 닫고 계속해야 한다. 포트의 문제라면 OVERLAPPED가 NULL이다.",
    ),
    "unasked": (
        "failed with {error}, and the program went on as if it had succeeded. Compare the result with {bad}, and ask "
        "{last}() for the reason.",
        "{error} 오류로 실패했는데 성공한 것처럼 계속 진행했다. 반환값을 {bad}와 비교하고, {last}()로 이유를 확인해야 한다.",
    ),
    "unlooked": (
        "nobody looked at the result ({result}). FALSE with an OVERLAPPED is an operation that failed, FALSE without one is "
        "no packet at all (a time-out, a closed port): compare it before key and OVERLAPPED are used.",
        "반환값({result})을 확인하지 않았다. FALSE인데 OVERLAPPED가 있으면 실패한 입출력이고, OVERLAPPED도 없으면 꺼낸 것이 "
        "없다(시간 초과, 닫힌 포트). Key와 OVERLAPPED를 쓰기 전에 비교해야 한다.",
    ),
    "not-closed": (
        "gave a socket that was never closed ({count} in all). Every socket needs a closesocket.",
        "여기서 얻은 소켓을 닫지 않았다(모두 {count}개). 소켓마다 closesocket을 호출해야 한다.",
    ),
    "not-freed": (
        "gave a block of {size} bytes that was never freed ({count} in all). Every malloc needs a free, once the kernel has "
        "given the memory back.",
        "여기서 할당한 {size}바이트를 해제하지 않았다(모두 {count}개). malloc마다 free가 필요하다. 커널이 메모리를 돌려준 "
        "뒤에 호출해야 한다.",
    ),
    "event-not-closed": (
        "gave an event that was never closed ({count} in all). Every event needs a {close}.",
        "여기서 만든 이벤트를 닫지 않았다(모두 {count}개). 이벤트마다 {close} 호출이 필요하다.",
    ),
    "port-not-closed": (
        "gave a completion port that was never closed. It needs a CloseHandle, when no thread waits at it any more.",
        "여기서 만든 Completion Port를 닫지 않았다. 기다리는 쓰레드가 없을 때 CloseHandle을 호출해야 한다.",
    ),
    "closed-twice": (
        "the handle {handle} was closed already (line {closed}). By now it might be somebody else's: close each handle "
        "once, and forget its number.",
        "핸들 {handle}은 이미 닫혔다({closed}번 줄). 그사이 다른 것이 같은 번호를 쓸 수도 있다. 핸들은 한 번만 닫고, 닫은 "
        "번호는 버려야 한다.",
    ),
    "wrong-close": (
        "the handle {handle} came from {maker} (line {line}), and this is not what closes it: it stays open, or a part of it "
        "does. Close it with {close}.",
        "핸들 {handle}은 {maker}에서 얻은 것이라({line}번 줄) 이 함수로 닫으면 안 된다. 그대로 열려 있거나 일부가 남는다. "
        "{close}로 닫아야 한다.",
    ),
    "event-in-use": (
        "the event {handle} belongs to operation {op} ({started}), which is still under way: nobody will be told of its "
        "completion, and another object may have that number by then. Close it after the result was taken.",
        "이벤트 {handle}은 아직 진행 중인 입출력 {op}번({started})의 것이다. 완료를 아무도 알 수 없게 되고, 그사이 다른 것이 "
        "같은 번호를 쓸 수도 있다. 결과를 얻은 다음에 닫아야 한다.",
    ),
    "used-closed": (
        "the handle {handle} is used after it was closed (line {closed}), and {error} came back. Close it when nothing uses "
        "it any more, and forget its number.",
        "이미 닫은 핸들 {handle}을 사용했다({closed}번 줄에서 닫힘). 결과는 {error}이다. 더 쓸 곳이 없을 때 닫고, 닫은 "
        "번호는 버려야 한다.",
    ),
    "too-long": (
        "{what} says {says} bytes, but the memory has only {has}: what lies behind it would be overwritten or sent. Give "
        "the size of the buffer itself: sizeof(buf).",
        "{what}의 길이는 {says}바이트인데 메모리는 {has}바이트뿐이다. 그 뒤의 메모리를 덮어쓰거나 전송하게 된다. 버퍼 "
        "자체의 크기인 sizeof(buf)를 전달해야 한다.",
    ),
    "pointer-size": (
        "sizeof({pointer}) is the size of the pointer ({size} bytes), not of the structure: the first assignment writes "
        "behind the block. Write sizeof({structure}).",
        "sizeof({pointer})는 구조체가 아니라 포인터의 크기({size}바이트)이다. 값을 대입하면 할당된 메모리의 바깥에 쓰게 "
        "된다. sizeof({structure})라고 써야 한다.",
    ),
    "routine-on-port": (
        "a completion routine was given for a socket that is attached to completion port {port}: it fails with WSAEINVAL "
        "(10022). Pass NULL, and take the completion from the port.",
        "Completion Port {port}번에 연결된 소켓에 Completion Routine을 전달했다. WSAEINVAL(10022) 오류로 실패한다. NULL을 "
        "전달하고 완료는 포트에서 꺼내야 한다.",
    ),
    "no-overlapped": (
        "{routine} was given without an OVERLAPPED: the call blocks as if it were a plain one, and the routine may be "
        "called with a pointer to nowhere. Pass the address of a WSAOVERLAPPED.",
        "OVERLAPPED 없이 {routine} 루틴을 전달했다. 보통의 블로킹 호출이 되고, 루틴은 엉뚱한 포인터로 호출될 수 있다. "
        "WSAOVERLAPPED의 주소를 함께 전달해야 한다.",
    ),
    "nested": (
        "{routine} waited alertably and was called again inside itself: each level takes stack, and in the end the process "
        "dies. Do not wait alertably in a routine; start the next operation and return.",
        "{routine} 루틴이 alertable wait 상태가 되어 자기 안에서 다시 호출됐다. 겹칠 때마다 스택을 쓰고, 결국 프로세스가 "
        "죽는다. 루틴 안에서는 기다리지 말고, 다음 입출력을 시작한 뒤 반환해야 한다.",
    ),
    "accept-room": (
        "the room for each address must be 16 bytes more than its structure has: sizeof(SOCKADDR_IN) + 16, for both lengths.",
        "주소를 저장할 공간은 각각 구조체보다 16바이트 더 커야 한다. 두 길이 모두 sizeof(SOCKADDR_IN) + 16으로 전달해야 한다.",
    ),
    "accept-context": (
        "the socket {handle} comes from AcceptEx and has no context yet: getpeername, shutdown and the like fail on it with "
        "WSAENOTCONN. First call setsockopt(..., SOL_SOCKET, SO_UPDATE_ACCEPT_CONTEXT, ...) with the listening socket.",
        "소켓 {handle}은 AcceptEx로 연결됐지만 아직 리스닝 소켓의 속성을 물려받지 않았다. getpeername, shutdown 등이 "
        "WSAENOTCONN 오류로 실패한다. 먼저 setsockopt(..., SOL_SOCKET, SO_UPDATE_ACCEPT_CONTEXT, ...)를 호출해야 한다.",
    ),
    "no-startup": (
        "was called without WSAStartup before it. In C it fails with WSANOTINITIALISED (10093); here it may work only "
        "because a module of Python's has called WSAStartup. Call it first.",
        "WSAStartup 없이 호출했다. C라면 WSANOTINITIALISED(10093) 오류로 실패한다. 여기서는 파이썬의 다른 모듈이 "
        "WSAStartup을 호출해 두었기 때문에 동작할 수도 있다. 먼저 WSAStartup을 호출해야 한다.",
    ),
    "after-cleanup": (
        "was called after WSACleanup (line {line}), which has ended the use of Winsock. In C it fails with WSANOTINITIALISED "
        "(10093); here it may work only because a module of Python's has called WSAStartup. Call WSACleanup last.",
        "WSACleanup({line}번 줄)으로 Winsock 사용을 끝낸 다음에 호출했다. C라면 WSANOTINITIALISED(10093) 오류로 실패한다. "
        "여기서는 파이썬의 다른 모듈이 WSAStartup을 호출해 두었기 때문에 동작할 수도 있다. WSACleanup은 맨 마지막에 호출해야 "
        "한다.",
    ),
    "byte-order": (
        "the address is {address}: {field} is in network order, and was not turned round. Write {function}({meant}).",
        "주소가 {address}이다. {field}에는 네트워크 바이트 순서로 바꾼 값을 넣어야 한다. {function}({meant})라고 써야 한다.",
    ),
    "kept-waiting": (
        "one call went on for {seconds:.1f} s, because {routines} completion routines ran in it one after the other, and "
        "nothing was accepted meanwhile. An alertable wait ends only when no more routines are queued: accept in another "
        "thread, or with AcceptEx.",
        "호출 한 번이 {seconds:.1f}초 동안 계속됐다. 그 안에서 Completion Routine {routines}개가 잇달아 실행됐고, 그동안 "
        "accept는 한 번도 호출되지 못했다. 큐에 루틴이 남아 있으면 alertable wait는 끝나지 않는다. accept는 다른 쓰레드에서 "
        "하거나 AcceptEx를 써야 한다.",
    ),
}

MESSAGES = {
    "page": (
        "{count} events are in {path}: open it in a browser",
        "이벤트 {count}개를 {path}에 기록했다. 브라우저로 열면 된다",
    ),
    "compare": (
        "{count} recordings are in {path}: open it in a browser",
        "기록 {count}개를 {path}에 나란히 담았다. 브라우저로 열면 된다",
    ),
    "lines": (
        "{count} events are in {path}: a line of JSON each, explained in docs/recorder.md",
        "이벤트 {count}개를 {path}에 기록했다. 한 줄이 JSON 하나이며 docs/ko/recorder.md가 설명한다",
    ),
    "perfetto": (
        "the run is in {path}: open it at https://ui.perfetto.dev (the file stays on this computer)",
        "실행 과정을 {path}에 기록했다. https://ui.perfetto.dev 에서 열면 된다(파일은 이 컴퓨터를 떠나지 않는다)",
    ),
    "lost": (
        "{path} could not be written to its end: {why}",
        "{path}에 끝까지 기록하지 못했다: {why}",
    ),
    "full": (
        "{cap} events were recorded, and nothing after them; --cap N records more",
        "이벤트 {cap}개까지만 기록했다. --cap N으로 더 기록할 수 있다",
    ),
}


def say(name: str, language: str, **fields: Any) -> str:
    return MESSAGES[name][language == "ko"].format(**fields)


def reader_language(stream: Any) -> str:
    """ "ko" for a reader who reads Korean, if the stream can show it; else "en".

    The first of LC_ALL, LC_MESSAGES and LANG that says something says it, as for the programs of POSIX, where C and POSIX
    are English, too. Windows sets none of them: there it is the language that Windows itself speaks to the user.
    """
    named = next((text for name in ("LC_ALL", "LC_MESSAGES", "LANG") if (text := os.environ.get(name))), None)
    if named is None:
        korean = ctypes.WinDLL("kernel32").GetUserDefaultUILanguage() & _PRIMARY == _LANG_KOREAN
    else:
        korean = re.split("[^a-z]", named.lower(), maxsplit=1)[0] in ("ko", "korean")  # Korean_Korea.949 is Windows' name
    try:
        "쓰레드".encode(getattr(stream, "encoding", None) or "ascii")
    except UnicodeEncodeError:
        return "en"
    return "ko" if korean else "en"
