"""The docstrings in Korean, for docs/ko/reference.md: the same lines in the same order. A name that is not here stays English."""
# ruff: noqa: E501

from __future__ import annotations

HEAD = """\
<!-- made by python -m tests.pages write reference -->
# 레퍼런스

영어: [../reference.md](../reference.md)

`from winsock_ctypes import *`가 가져오는 이름 {count}개를 헤더별로 적었다. `help(WSARecv)`가 보여 주는 설명을 한국어로 옮긴 것이다.

"Microsoft Learn" 다음은 그곳에 있는 페이지의 제목이다. "비교한 헤더"는 C 컴파일러가 선언을 어느 헤더와 비교했는지이고, 자세한 것은
[docs/verified.md](../verified.md)(영어)에 있다.

## 여기에 없는 함수

DLL의 다른 함수도 패키지가 선언하듯이 선언할 수 있고, 그러면 똑같이 편하다. 잘못된 인자는 말로 거절하고, 바로 다음의 `WSAGetLastError()`와
`GetLastError()`가 맞고, `help`가 원형을 보여 준다.

{example}

매개변수의 자료형은 아래의 것이나 ctypes의 것이다. `@imported_from("kernel32", alertable=True)`는 Completion Routine이 실행될 수 있는 대기를
위한 것이다. 루틴에서 일어난 예외가 그 호출에서 나온다. `function_pointer`는 `winsock_ctypes/mswsock.py`에서처럼 WSAIoctl이 찾아 주는 함수를 위한 것이다.
`from __future__ import annotations`는 필요 없다. 쓰면 거절하는 말에도 여러분이 쓴 이름(INT인 `BOOL`)이 나온다.
"""

MODULES = {
    "windef": "windef.h, winnt.h, basetsd.h: 기본 자료형. 저마다 64비트 윈도우에서의 폭을 가진다.",
    "winerror": """winerror.h와 winnt.h: 프로그램이 만나는 오류 코드, 대기의 결과, 완료의 상태.

- 자기 이름을 아는 int다. `WSAEWOULDBLOCK == 10035`이고, 디버거에는 `WSAEWOULDBLOCK (10035)`로 보인다.""",
    "winbase": "winbase.h, synchapi.h, ioapiset.h, handleapi.h, sysinfoapi.h: 프로그램이 kernel32.dll에서 부르는 것.",
    "winsock2": "winsock2.h와 ws2def.h: ws2_32.dll의 소켓, 헤더의 순서대로.",
    "ws2tcpip": "ws2tcpip.h, ws2ipdef.h, in6addr.h: 문자열로 된 주소, IPv6, 호스트와 서비스의 이름.",
    "mswsock": """mswsock.h: 마이크로소프트가 Winsock에 더한 것. 프로그램이 실행 중에 얻는다.

    lpfnAcceptEx = LPFN_ACCEPTEX()
    WSAIoctl(s, SIO_GET_EXTENSION_FUNCTION_POINTER, byref(WSAID_ACCEPTEX), sizeof(GUID),
             byref(lpfnAcceptEx), sizeof(lpfnAcceptEx), byref(dwBytes), NULL, NULL)

`lpfnAcceptEx`는 함수 포인터다. 처음에는 NULL(거짓)이고, WSAIoctl이 주소를 넣은 다음부터 호출할 수 있다.""",
    "stdlib": """stdlib.h: malloc, free, atoi, exit. C 프로그램이 부르는 그대로다.

메모리는 프로세스 힙(kernel32의 HeapAlloc과 HeapFree)의 것이어서 파이썬의 가비지 컬렉터는 모른다. C에서처럼 블록은 해제할 때까지 살아 있다.
파이썬 객체가 생기고 사라져도 상관없다. `live_blocks`는 아직 해제하지 않은 것의 목록이다.""",
    "string": "string.h: memset, memmove, strlen, strcmp. C 프로그램이 부르는 그대로다.",
    "stdio": """stdio.h: puts, fputs, printf, fgets와 표준 스트림 세 개. C 프로그램이 부르는 그대로다.

글이 가고 오는 곳은 호출하는 순간의 sys.stdout, sys.stderr, sys.stdin이다. 출력한 것은 콘솔에서도 파이프에서도 곧바로 보인다. 바이트는
양쪽으로 그대로 지나가므로(콘솔에서는 파이썬이 UTF-8로 본다) 입력한 것이 그대로 전송되고, str은 스트림이 정한 대로 인코딩한다. C에서처럼 스트림이
더 받지 않으면(파이프를 읽던 쪽이 사라졌다) 함수가 EOF를 반환하고 프로그램은 계속된다.""",
}

TYPES = {
    'The type "pointer to `target`", like ctypes.POINTER, but readable in a debugger.': "자료형 `target`을 가리키는 포인터. ctypes.POINTER와 같지만 디버거에서 읽을 수 있다.",
    "A C `struct`: with the fields that it declares, and no others.": "C의 `struct`. 선언한 멤버만 있다.",
    "A C `union`: with the members that it declares, and no others.": "C의 `union`. 선언한 멤버만 있다.",
    "ctypes.addressof: `addressof(x)`, an address as a number": "ctypes.addressof: `addressof(x)`, 수로 나타낸 주소",
    "ctypes.byref: `byref(x)` is C's `&x`, `byref(x, n)` so many bytes further on": "ctypes.byref: `byref(x)`는 C의 `&x`, `byref(x, n)`은 그만큼 뒤의 바이트",
    "ctypes.sizeof: C's `sizeof`": "ctypes.sizeof: C의 `sizeof`",
    "no type: of a function without a result": "자료형이 아니다. 반환값이 없는 함수에 쓴다",
    "unsigned short: 16 bits": "unsigned short: 16비트",
    "short: 16 bits": "short: 16비트",
    "int: 32 bits": "int: 32비트",
    "unsigned int: 32 bits": "unsigned int: 32비트",
    "long: 32 bits on Windows, also on 64-bit Windows": "long: 윈도우에서는 64비트에서도 32비트",
    "unsigned long: 32 bits on Windows, also on 64-bit Windows": "unsigned long: 윈도우에서는 64비트에서도 32비트",
    "An unsigned number as wide as a pointer: 64 bits": "포인터만큼 넓은 부호 없는 수: 64비트",
    "A kernel object. A field or a result of this type reads as an int, or as None where it is NULL.": "커널 객체. 이 자료형의 멤버나 반환값은 int로, NULL이면 None으로 읽힌다.",
    "A socket: a handle, as wide as a pointer, and unsigned.": "소켓. 포인터만큼 넓고 부호 없는 핸들.",
}

TITLES = {
    "winsock2.h gives these codes a second name": "winsock2.h가 두 번째 이름을 붙인 코드",
    "winnt.h and ntstatus.h: what OVERLAPPED.Internal holds": "winnt.h와 ntstatus.h: OVERLAPPED.Internal에 들어 있는 것",
    "For WSAIoctl, with a BOOL. FALSE: that nobody is there for a datagram is no longer told to a later receive (WSAECONNRESET)": "WSAIoctl에 BOOL과 함께. FALSE: 데이터그램을 받을 상대가 없었다는 것을 나중의 수신에 더는 알리지 않는다(WSAECONNRESET)",
}

DOCSTRINGS = {
    "ADDRINFOW": "GetAddrInfo가 찾은 주소 하나. socket에 줄 것(ai_family, ai_socktype, ai_protocol)과 bind, connect에 줄 것(ai_addr, ai_addrlen). ai_next가 다음 것으로 이어지고 마지막에서는 NULL이다.",
    "CancelIo": """*이 쓰레드가* 핸들(소켓도 핸들이다)에서 시작한 입출력을 취소해 달라고 한다.

완료는 그래도 전달된다. 대개 ERROR_OPERATION_ABORTED로. 그때까지 메모리는 그 입출력의 것이다.
반환: 실패하면 FALSE (ERROR_INVALID_HANDLE).""",
    "CancelIoEx": """핸들의 입출력 하나를, NULL이면 모두를, 어느 쓰레드가 시작했든 취소해 달라고 한다.

완료는 그래도 전달된다. 대개 ERROR_OPERATION_ABORTED로. 그때까지 메모리는 그 입출력의 것이다.
반환: 실패하면 FALSE (ERROR_NOT_FOUND: 진행 중인 것이 없었다. ERROR_INVALID_HANDLE).""",
    "CloseHandle": "핸들을 닫는다(소켓은 closesocket으로 닫는다). 반환: 실패하면 FALSE (ERROR_INVALID_HANDLE).",
    "CreateEventW": """이벤트를 만들거나, 그 이름의 이벤트를 연다.

반환: 핸들. CloseHandle로 닫는다. 실패하면 NULL (None).""",
    "CreateIoCompletionPort": """완료 포트를 만들거나, 핸들(소켓도 핸들이다)을 포트에 연결하거나, 둘 다 한다.

FileHandle: INVALID_HANDLE_VALUE면 만들기만 한다. 아니면 이제부터 닫을 때까지 완료를 이 포트로 보낼 핸들이다.
Overlapped여야 하고, 그때부터 이 핸들에서는 Completion Routine을 준 입출력이 실패한다.
ExistingCompletionPort: NULL이면 포트를 만든다. CompletionKey: 포인터나 아무 수. 이 핸들의 완료마다 함께
전달된다. NumberOfConcurrentThreads: 포트를 만들 때 한 번에 몇 쓰레드까지 실행할지. 0이면
프로세서 수만큼. 핸들을 연결할 때는 보지 않는다.
반환: 포트 (ExistingCompletionPort를 주었으면 그것). CloseHandle로 닫는다. 실패하면 NULL (None)
(ERROR_INVALID_PARAMETER: 이미 연결된 핸들이거나 Overlapped가 아니다. ERROR_INVALID_HANDLE).""",
    "FD_CLR": "소켓을 fd_set에서 뺀다.",
    "FD_ISSET": "소켓이 fd_set에 있는지 알려 준다.",
    "FD_SET": "소켓을 fd_set에 더한다. 이미 있거나 FD_SETSIZE개가 차 있으면 아무 일도 없다.",
    "FD_ZERO": "fd_set(그 자체나 포인터)을 비운다.",
    "FLOWSPEC": "연결 하나가 한 방향으로 네트워크를 얼마나 쓰려고 하는지(qos.h).",
    "FreeAddrInfoW": "GetAddrInfo 한 번이 할당한 것을 모두 돌려준다.",
    "GUID": "전 세계에서 하나뿐인 식별자.",
    "GetAddrInfoW": """호스트와 서비스(이름, 또는 문자열로 된 수)의 주소를 찾는다.

pNodeName: NULL은 이 컴퓨터를 뜻한다. 루프백 주소, AI_PASSIVE면 서버가 bind할 주소다.
pHints: 어떤 주소를 찾는지(ai_flags: AI_…, ai_family, ai_socktype, ai_protocol). NULL도 된다.
ppResult: 첫 ADDRINFOW의 포인터를 넣을 곳. FreeAddrInfo로 돌려준다.
반환: 0, 아니면 오류 코드 *그 자체* (WSAHOST_NOT_FOUND, WSATYPE_NOT_FOUND, WSAEINVAL, WSAEAFNOSUPPORT).""",
    "GetLastError": """이 쓰레드에서 가장 최근에 실패한 호출의 오류 코드.

WSAGetLastError()와 같은 코드다. Winsock은 오류를 같은 자리에 둔다.""",
    "GetNameInfoW": """주소의 호스트와 서비스 이름. NI_NUMERICHOST와 NI_NUMERICSERV를 주면 문자열로 된 수.

버퍼의 크기는 글자 수다(NI_MAXHOST와 NI_MAXSERV면 언제나 충분하다). 필요 없는 버퍼는 NULL과 0이다.
반환: 0, 아니면 오류 코드 *그 자체* (WSAHOST_NOT_FOUND, WSAEFAULT, ERROR_INSUFFICIENT_BUFFER).""",
    "GetOverlappedResult": """핸들의 Overlapped 입출력의 결과: 바이트 수. 소켓이라면 WSAGetOverlappedResult가 더 많이 알려 준다.

bWait: TRUE면 hEvent의 이벤트(아니면 핸들. 입출력이 하나뿐일 때만 구별된다)를 기다린다.
alertable wait가 아니므로 Completion Routine을 준 입출력에는 FALSE여야 한다.
반환: 진행 중이거나(ERROR_IO_INCOMPLETE) 실패했으면(그 오류 코드) FALSE.""",
    "GetQueuedCompletionStatus": """포트의 다음 완료를 기다렸다가 꺼낸다. alertable wait가 아니므로 루틴은 실행되지 않는다.

바이트 수, 핸들의 키, 입출력의 OVERLAPPED를 포인터가 가리키는 곳에 넣는다.
dwMilliseconds: 기다리는 최대 시간. 0이면 보기만 하고, INFINITE면 끝이 없다(Ctrl+C로 빠져나올 수 없다).
반환: 성공한 입출력이면 TRUE. FALSE의 뜻은 둘이고, 저장된 OVERLAPPED가 어느 쪽인지 알려 준다:
NULL이 아니면 *실패한* 입출력을 꺼낸 것이고(ERROR_NETNAME_DELETED, ERROR_OPERATION_ABORTED) 바이트 수는 없다.
NULL이면 꺼낸 것이 없다(WAIT_TIMEOUT. ERROR_ABANDONED_WAIT_0: 포트가 닫혔다. ERROR_INVALID_HANDLE).""",
    "GetQueuedCompletionStatusEx": """포트의 완료를 기다렸다가 한 번에 여러 개 꺼낸다.

lpCompletionPortEntries: OVERLAPPED_ENTRY `ulCount`개의 배열. ulNumEntriesRemoved: 그 가운데 채워진 수.
dwMilliseconds: 첫 완료를 기다리는 최대 시간. fAlertable: TRUE면 Completion Routine이 실행된 다음에도 끝난다.
반환: 입출력이 성공했든 실패했든 하나 이상 꺼냈으면 TRUE. 저마다 `Internal`이 알려 준다.
FALSE: 꺼낸 것이 없다(WAIT_TIMEOUT. WAIT_IO_COMPLETION: 루틴이 실행되었다. ERROR_INVALID_HANDLE. ERROR_ABANDONED_WAIT_0).
루틴에서 일어난 예외는 이 호출에서 나온다.""",
    "GetSystemInfo": "이 컴퓨터를 알려 준다: 프로세서, 페이지 크기. 실패하지 않는다.",
    "HIBYTE": "WORD의 위쪽 바이트.",
    "HasOverlappedIoCompleted": """입출력이 끝났는지 알려 준다(OVERLAPPED의 `byref`나 포인터를 준다). 아직 전달되지 않았을 수도 있다.

OVERLAPPED의 포인터가 아니면 TypeError, NULL이면 ValueError가 일어난다.""",
    "IN6_PKTINFO": "제어 데이터 IPV6_PKTINFO. IPv6에서 같은 것.",
    "IN6_ADDR": "네트워크 바이트 순서의 IPv6 주소: `u.Byte`는 16바이트(줄여서 `s6_addr`), `u.Word`는 16비트 수 여덟 개.",
    "IN_ADDR": "네트워크 바이트 순서의 IPv4 주소: `S_un.S_addr`는 수 하나(줄여서 `s_addr`), `S_un.S_un_b`는 네 바이트.",
    "IN_PKTINFO": "제어 데이터 IP_PKTINFO: 데이터그램이 이 컴퓨터의 어느 주소로, 어느 인터페이스로 왔는지.",
    "LINGER": "SO_LINGER에 쓴다. 켜고 0초로 하면 closesocket이 연결을 리셋한다.",
    "LOBYTE": "WORD의 아래쪽 바이트.",
    "LPFN_ACCEPTEX": """AcceptEx: 연결을 받아들이기 시작한다. 완료는 lpOverlapped를 통해 온다.

sAcceptSocket: bind하지 않은 새 소켓. 이것이 연결의 소켓이 된다. shutdown이나 getpeername에게 연결된 것으로 보이려면
listen 소켓과 함께 setsockopt(SO_UPDATE_ACCEPT_CONTEXT)를 불러야 한다.
lpOutputBuffer: 첫 데이터(dwReceiveDataLength바이트)와 두 주소가 들어갈 곳. 주소는 GetAcceptExSockaddrs로 찾는다.
주소 하나는 구조체보다 16바이트를 더 쓴다. dwReceiveDataLength가 0이면 클라이언트가 연결되자마자 완료되고,
0보다 크면 아무 말도 없는 클라이언트가 완료를 미룬다.
반환: 곧바로 완료되면 TRUE. FALSE에 ERROR_IO_PENDING이면 시작되었다. FALSE에 다른 코드면
(WSAECONNRESET. WSAEINVAL: listen하지 않았다. WSAENOTSOCK, WSAEFAULT) 실패했고 아무것도 오지 않는다.""",
    "LPFN_CONNECTEX": """ConnectEx: 이미 bind한 소켓의 연결을 시작한다. 완료는 lpOverlapped를 통해 온다.

lpSendBuffer: 연결되면 보낼 데이터, 또는 NULL. 완료가 전달될 때까지 커널의 것이다.
그다음에 setsockopt(SO_UPDATE_CONNECT_CONTEXT, NULL, 0)을 불러야 shutdown, getpeername 따위가 동작한다.
반환: 곧바로 완료되면 TRUE. FALSE에 ERROR_IO_PENDING이면 시작되었다. FALSE에 다른 코드면
(WSAEINVAL: bind하지 않았다. WSAEISCONN, WSAENOTSOCK) 실패했고 아무것도 오지 않는다. 거절당한 것은
완료로 안다(ERROR_CONNECTION_REFUSED).""",
    "LPFN_DISCONNECTEX": """DisconnectEx: 연결을 끝내기 시작한다. TF_REUSE_SOCKET을 주면 그 소켓을 다시 AcceptEx나 ConnectEx에 쓸 수 있다.

lpOverlapped: NULL이면 끝날 때까지 기다린다. dwReserved: 0.
반환: 끝났으면 TRUE. FALSE에 ERROR_IO_PENDING이면 시작되었다. FALSE에 다른 코드면 (WSAENOTCONN,
WSAEFAULT, WSAEINVAL) 실패했고 아무것도 오지 않는다.""",
    "LPFN_GETACCEPTEXSOCKADDRS": """GetAcceptExSockaddrs: AcceptEx의 버퍼에서 두 주소가 있는 곳.

처음 네 인자는 AcceptEx의 것이다. 저장되는 포인터는 lpOutputBuffer 안을 가리킨다. 실패하지 않는다.""",
    "LPFN_TRANSMITFILE": """TransmitFile: 파일을 보낸다. 바이트는 프로그램을 거치지 않는다.

hFile: 열린 파일(파이썬에서는 msvcrt.get_osfhandle(file.fileno())), 또는 버퍼만 보내려면 NULL.
nNumberOfBytesToWrite: 0이면 전부. nNumberOfBytesPerSend: 0이면 조각의 크기를 시스템이 정한다.
lpOverlapped: Offset이 파일에서 시작할 곳이다. NULL이면 파일의 현재 위치에서 시작해 다 보낼 때까지 기다린다.
lpTransmitBuffers: 파일 앞뒤에 보낼 것, 또는 NULL. 이것과 버퍼와 파일은 완료가 전달될 때까지
커널의 것이다. dwReserved: TF_… 플래그.
반환: 끝났으면 TRUE. FALSE에 ERROR_IO_PENDING이면 시작되었다. FALSE에 다른 코드면 (WSAENOTCONN,
WSAENOTSOCK, WSAEFAULT, ERROR_INVALID_HANDLE) 실패했고 아무것도 오지 않는다.""",
    "LPFN_WSARECVMSG": """WSARecvMsg: 데이터그램을 제어 데이터(IP_PKTINFO: 어느 주소로 왔는지)와 함께 받는다. OVERLAPPED를 주면 시작만 한다.

lpMsg: 보낸 쪽의 주소, 데이터, 제어 데이터가 들어갈 곳과 저마다의 크기. 받은 다음에는 namelen, Control.len,
dwFlags(MSG_TRUNC, MSG_CTRUNC)가 무엇이 왔는지 말한다. 어떤 제어 데이터를 받을지는 setsockopt로 정한다. WSAMSG와 그것이
가리키는 모든 것은 완료가 전달될 때까지 커널의 것이다.
lpdwNumberOfBytesRecvd: lpOverlapped가 있으면 NULL(루틴이 받는다).
반환: 0, 또는 SOCKET_ERROR에 WSA_IO_PENDING: 둘 다 루틴이 호출된다(alertable wait 상태에서).
SOCKET_ERROR에 다른 코드면 (WSAEMSGSIZE: 앞부분만 들어갔다. WSAEINVAL: bind하지 않았다. WSAECONNRESET,
WSAEFAULT) 실패했고 아무것도 오지 않는다.""",
    "LPWSAOVERLAPPED_COMPLETION_ROUTINE": """Completion Routine의 자료형. 데코레이터로 쓴다.

    @LPWSAOVERLAPPED_COMPLETION_ROUTINE
    def ReadComRoutine(dwError, szRecvBytes, lpOverlapped, flags): ...

루틴은 입출력을 시작한 쓰레드가 다음번 alertable wait(SleepEx(…, TRUE)) 안에서 호출한다.
루틴에서 일어난 예외는 그 대기에서 나온다. 다른 ctypes.WinDLL의 대기는 패키지가 모른다. 그 안에서 일어난 것은
sys.unraisablehook이 알리고 프로그램은 계속된다.
그 함수를 `imported_from(..., alertable=True)`로 선언하면 패키지가 아는 대기가 된다.""",
    "MAKEWORD": "두 바이트로 된 WORD: `MAKEWORD(2, 2)`는 WSAStartup에 청하는 버전 2.2다.",
    "OVERLAPPED": """진행 중인 입출력 하나. 시작하는 호출부터 완료가 전달될 때까지 커널의 것이다.

`Internal`은 그동안 STATUS_PENDING(0x103)이고 그다음에는 결과다. 그때 `InternalHigh`는 바이트 수다.
Completion Routine이 있으면 `hEvent`는 무시된다. 챕터의 서버는 여기에 클라이언트 정보를 넣는다.""",
    "OVERLAPPED_ENTRY": "GetQueuedCompletionStatusEx가 전달하는 완료 하나. `Internal`은 입출력의 결과(NTSTATUS)다.",
    "PostQueuedCompletionStatus": """직접 만든 완료를 포트의 큐에 넣는다. 기다리던 쓰레드 하나가 여기서 준 세 값을 그대로 받는다.

lpOverlapped는 들여다보지 않으므로 NULL이어도 된다.
반환: 실패하면 FALSE (ERROR_INVALID_HANDLE).""",
    "QOS": "양방향의 FLOWSPEC, WSAConnect에 쓴다. NULL이면 바라는 것이 없다.",
    "ReadFile": """핸들에서 읽는다. 소켓이라면 받는다. OVERLAPPED를 주면 시작만 하고 곧바로 반환된다.

lpOverlapped: Overlapped인 소켓에는 NULL이 아니어야 하고 Offset은 무시된다. lpNumberOfBytesRead: 그때는 NULL.
OVERLAPPED와 버퍼는 포트나 hEvent로 완료가 전달될 때까지 커널의 것이다.
반환: 끝났으면 TRUE (그래도 완료는 전달된다). FALSE에 ERROR_IO_PENDING이면 시작되었다.
FALSE에 다른 코드면 (ERROR_INVALID_HANDLE, ERROR_NETNAME_DELETED, ERROR_HANDLE_EOF) 실패했고 아무것도 오지
않는다.""",
    "ResetEvent": "이벤트를 non-signaled 상태로 만든다. 반환: 실패하면 FALSE (ERROR_INVALID_HANDLE).",
    "SCOPE_ID": "IPv6 주소가 그것만으로 하나가 아닐 때, 어느 링크(영역)의 것인지.",
    "SECURITY_ATTRIBUTES": "새 커널 객체를 누가 쓸 수 있는지. NULL이면 기본값: 이 프로세스의 사용자.",
    "SOCKADDR": "아무 주소: bind, accept, connect가 받는 것. SOCKADDR_IN이나 SOCKADDR_IN6을 대신 준다.",
    "SOCKADDR_IN": "IPv4 주소와 포트. `sin_port`와 `sin_addr`는 네트워크 바이트 순서다. htons와 htonl로 쓰자.",
    "SOCKADDR_IN6": "IPv6 주소와 포트. `sin6_port`는 네트워크 바이트 순서다. htons로 쓰자.",
    "SOCKADDR_STORAGE": "어떤 주소든 들어갈 자리: 128바이트, 어느 것에도 맞게 정렬되어 있다.",
    "RegisterWaitForSingleObject": """객체를 기다리는 일을 시스템에 맡긴다. 시스템의 쓰레드가 Callback(Context, 시간이 다 되었는지)을 호출한다.

phNewWaitObject: 대기의 핸들이 들어갈 곳. UnregisterWaitEx로 끝낸다(CloseHandle은 절대로 안 된다). 대기를 끝낼 때까지
hObject는 열려 있어야 하고 Context가 가리키는 것은 살아 있어야 한다. dwMilliseconds: 최대 시간. INFINITE면 끝이 없다.
dwFlags: WT_… 플래그. WT_EXECUTEONLYONCE: 한 번만 호출한다. 없으면 호출한 다음 다시 기다리므로 signaled 상태로 남는
이벤트는 끝없이 호출한다. WT_EXECUTEINWAITTHREAD: 기다리던 쓰레드가 직접 호출하므로 짧아야 한다.
반환: 실패하면 FALSE (ERROR_INVALID_HANDLE, ERROR_INVALID_PARAMETER).""",
    "SYSTEM_INFO": "GetSystemInfo가 알려 주는 것: `dwNumberOfProcessors`는 완료 포트의 작업 쓰레드 수로 흔히 쓴다.",
    "SetEvent": "이벤트를 signaled 상태로 만든다. 반환: 실패하면 FALSE (ERROR_INVALID_HANDLE).",
    "SetFileCompletionNotificationModes": """핸들의 입출력이 곧바로 완료될 때 무엇을 생략할지 정한다.

Flags: FILE_SKIP_COMPLETION_PORT_ON_SUCCESS(성공을 반환한 호출은 포트에 아무것도 넣지 않는다. 반환값이
전부다), FILE_SKIP_SET_EVENT_ON_HANDLE(핸들 자신에게는 신호가 오지 않는다). 한 번 켜면 되돌릴 수 없다.
반환: 실패하면 FALSE (ERROR_INVALID_HANDLE, ERROR_INVALID_PARAMETER).""",
    "SetLastError": "이 쓰레드의 오류 코드를 정한다.",
    "SleepEx": """잔다. alertable이면 이 쓰레드의 Completion Routine을 실행하려고 깨어난다.

dwMilliseconds: 자는 최대 시간. 0이면 보기만 하고, INFINITE면 끝이 없다(Ctrl+C로 빠져나올 수 없다).
bAlertable: TRUE면 Completion Routine이 실행되는 alertable wait 상태다. FALSE면 실행되지 않는다.
반환: 시간이 다 되면 0, 루틴이 하나 이상 실행된 다음에는 WAIT_IO_COMPLETION (192). 실패하지 않는다.
루틴에서 일어난 예외는 이 호출에서 나온다.""",
    "TRANSMIT_FILE_BUFFERS": "TransmitFile이 파일 앞과 뒤에 보내는 것: 버퍼 두 개와 저마다의 크기(바이트).",
    "UnregisterWaitEx": """RegisterWaitForSingleObject의 대기를 끝낸다. WT_EXECUTEONLYONCE의 한 번뿐인 호출이 끝난 다음에도 필요하다.

CompletionEvent: INVALID_HANDLE_VALUE면 실행 중인 콜백이 반환될 때까지 기다린다(그래서 콜백 안에서는 안 된다).
NULL이면 기다리지 않는다. 이벤트를 주면 그때 signaled 상태가 된다. 그때까지 Context는 사용 중이다.
반환: 실패하면 FALSE. ERROR_IO_PENDING이면 대기는 끝났지만 콜백이 아직 실행 중이다.""",
    "WAITORTIMERCALLBACK": """RegisterWaitForSingleObject가 호출하는 것의 자료형. 데코레이터로 쓴다.

    @WAITORTIMERCALLBACK
    def Signalled(lpParameter, TimerOrWaitFired): ...

프로그램이 계속되는 동안 시스템의 쓰레드가 호출한다. 둘이 같이 쓰는 것에는 락이 필요하다. `lpParameter`는 Context이고
수이거나 None이다. `TimerOrWaitFired`는 시간이 다 되었으면 1, 객체에 신호가 왔으면 0이다. 프로그램의 대기 안에서 실행되지
않으므로 콜백에서 일어난 예외는 sys.unraisablehook이 알린다.""",
    "WSABUF": """WSASend나 WSARecv의 버퍼 하나: 바이트 수와 주소.

구조체는 호출이 반환되기 전에 읽힌다. 버퍼는 완료가 전달될 때까지 커널의 것이다.
`buf`는 버퍼 매개변수가 받는 것을 받는다: 배열(BYTE, CHAR, ..., create_string_buffer), 포인터, 주소.""",
    "WSA_CMSG_DATA": "헤더 다음에 데이터가 시작되는 곳. 종류에 맞게 cast한다: `cast(WSA_CMSG_DATA(cmsg), POINTER(IN_PKTINFO))`.",
    "WSA_CMSG_FIRSTHDR": "메시지(WSAMSG의 `byref`나 포인터)의 Control에 있는 첫 헤더. 없으면 NULL.",
    "WSA_CMSG_LEN": "데이터 `length`바이트일 때 cmsg_len의 값.",
    "WSA_CMSG_NXTHDR": "`cmsg` 다음의 헤더. `cmsg`가 NULL이면 첫 헤더. 마지막 다음은 NULL.",
    "WSA_CMSG_SPACE": "데이터 `length`바이트가 헤더와 함께 Control에서 차지하는 크기.",
    "WSACleanup": "WSAStartup 한 번이 시작한 것을 끝낸다. 반환: 0. 실패하면 SOCKET_ERROR (WSANOTINITIALISED).",
    "WSACloseEvent": "이벤트를 닫는다. 반환: 실패하면 FALSE (WSA_INVALID_HANDLE).",
    "WSAConnect": """connect처럼 소켓을 주소에 연결한다. TCP에서 마지막 네 인자는 NULL이다.

반환: 0. 실패하면 SOCKET_ERROR (WSAECONNREFUSED: 거기서 기다리는 프로그램이 없다. WSAEWOULDBLOCK: 넌-블로킹이고 진행 중이다.
WSAEISCONN, WSAENOTSOCK, WSAEFAULT).""",
    "WSACreateEvent": """새 이벤트: non-signaled 상태이고 manual-reset이다(되돌릴 때까지 signaled로 남는다).

OVERLAPPED의 hEvent에 넣으면 입출력이 시작될 때 non-signaled로, 완료될 때 signaled로 된다.
반환: 이벤트. WSACloseEvent로 닫는다. 실패하면 WSA_INVALID_EVENT (None) (WSA_NOT_ENOUGH_MEMORY).""",
    "WSADATA": "WSAStartup이 알려 주는 구현의 정보.",
    "WSAEnumNetworkEvents": """WSAEventSelect가 청한 일 가운데 지난 호출 뒤로 소켓에 일어난 것.

hEventObject: 같은 동작으로 되돌릴 이벤트. NULL이면 건드리지 않는다.
반환: 0. 실패하면 SOCKET_ERROR (WSAENOTSOCK, WSAEINVAL, WSAEFAULT).""",
    "WSAEventSelect": """소켓에 FD_…의 일이 일어나면 이벤트에 신호가 오게 한다. 소켓은 넌-블로킹이 된다.

NULL과 0을 주면 끝난다(소켓은 넌-블로킹으로 남는다. FIONBIO를 보자). accept의 소켓은 이벤트와 플래그를 물려받는다.
반환: 0. 실패하면 SOCKET_ERROR (WSAENOTSOCK, WSAEINVAL).""",
    "WSAGetLastError": """이 쓰레드에서 가장 최근에 실패한 소켓 호출의 오류 코드. 실패한 다음에만 묻자.

반환: 자기 이름을 보여 주는 int: `WSAEWOULDBLOCK (10035)`. 그 뒤에 어떤 파이썬 코드가 실행되었든 맞다. 다만 그 코드가
이 패키지의 함수를 부르지 않아야 한다. 아무 때나 실행되면서 그렇게 하는 `__del__`, 시그널 처리 함수, 루틴은 코드를
지켜야 한다: 처음에 `error = WSAGetLastError()`, 끝에 `WSASetLastError(error)`. 패키지가 대신 해 줄 수는 없다. 파이썬은
어느 두 단계 사이에서든 `__del__`을 시작하고 끝내며 아무에게도 알리지 않는다. 호출마다 그 위의 프레임을 모두 뒤져야 하는데,
그러면 호출 자체보다 오래 걸리고 디버거가 들어갈 파이썬 코드가 생긴다.""",
    "WSAGetOverlappedResult": """Overlapped 입출력의 결과: 바이트 수와 플래그.

fWait: TRUE면 hEvent의 이벤트를 기다린다. Completion Routine을 준 입출력에는 FALSE여야 한다.
반환: 진행 중이거나(WSA_IO_INCOMPLETE) 실패했으면(그 오류 코드) FALSE.""",
    "WSAIoctl": """소켓을 제어한다. SIO_GET_EXTENSION_FUNCTION_POINTER는 mswsock.h의 함수를 WSAID_… GUID로 얻는다.

lpvInBuffer, lpvOutBuffer: 들어가는 것과 나오는 것, 저마다의 크기(바이트). lpcbBytesReturned: 나온
바이트 수. lpOverlapped가 없으면 NULL이어서는 안 된다.
반환: 0. 실패하면 SOCKET_ERROR (WSAEINVAL: 그런 함수가 없다. WSAEOPNOTSUPP, WSAEFAULT, WSAENOTSOCK). Overlapped 입출력이
시작되었으면 SOCKET_ERROR에 WSA_IO_PENDING.""",
    "WSACMSGHDR": "WSAMSG의 Control에서 제어 데이터마다 앞에 있는 것: 이 헤더까지의 길이와 종류.",
    "WSAMSG": """WSARecvMsg와 WSASendMsg의 메시지와 그에 딸린 모든 것: 상대의 주소, 버퍼, 제어 데이터, 플래그.

`name`은 주소의 `byref`를, `lpBuffers`는 WSABUF(또는 그 배열)의 `byref`를 받는다. `Control`은 그 자체가 WSABUF다.""",
    "WSANETWORKEVENTS": "WSAEnumNetworkEvents가 알려 주는 것: FD_… 플래그의 집합과 저마다의 오류 코드(FD_…_BIT 자리. 0이면 없다).",
    "WSAPOLLFD": "WSAPoll의 소켓 하나: 기다릴 것(`events`)과 온 것(`revents`). POLL… 플래그다.",
    "WSAPROTOCOL_INFOW": "전송 프로토콜의 설명. WSASocket에 NULL을 주면 주소 체계가 정한다.",
    "WSAPoll": """WSAPOLLFD `fds`개의 배열에서 하나가 준비될 때까지 기다린다. 어느 것이 무엇에 준비되었는지는 `revents`에 있다.

timeout: 밀리초. 0이면 보기만 하고, 음수면 끝없이 기다린다.
반환: `revents`가 0이 아닌 것의 수. 시간이 다 되면 0. 실패하면 SOCKET_ERROR (WSAEINVAL, WSAEFAULT).""",
    "WSARecv": """버퍼로 받는다. OVERLAPPED를 주면 받기 시작만 하고 곧바로 반환된다.

lpNumberOfBytesRecvd: lpOverlapped가 있으면 NULL(루틴이 받는다). lpFlags: 넣고 꺼낸다. NULL이어서는 안 된다.
OVERLAPPED와 버퍼는 완료가 전달될 때까지 커널의 것이다.
반환: 0, 또는 SOCKET_ERROR에 WSA_IO_PENDING: 둘 다 루틴이 호출된다(alertable wait 상태에서).
SOCKET_ERROR에 다른 코드면 (WSAECONNRESET, WSAENOTSOCK, WSAEFAULT) 실패했고 아무것도 오지 않는다.""",
    "WSARecvFrom": """데이터그램 하나를 버퍼로 받고 누가 보냈는지 안다. OVERLAPPED를 주면 시작만 하고 곧바로 반환된다.

lpFrom, lpFromlen: 보낸 쪽의 주소가 들어갈 곳과 그 크기. 크기는 주소의 길이로 바뀐다. 둘 다 NULL이어도
된다. OVERLAPPED를 주면 이 둘도 버퍼처럼 완료가 전달될 때까지 커널의 것이다.
lpNumberOfBytesRecvd: lpOverlapped가 있으면 NULL(루틴이 받는다). lpFlags: 넣고 꺼낸다. NULL이어서는 안 된다.
반환: 0, 또는 SOCKET_ERROR에 WSA_IO_PENDING: 둘 다 루틴이 호출된다(alertable wait 상태에서).
SOCKET_ERROR에 다른 코드면 (WSAECONNRESET: 앞서 보낸 데이터그램을 받을 상대가 없었다. WSAEMSGSIZE: 앞부분만
들어갔다. WSAEINVAL: bind하지 않았다) 실패했고 아무것도 오지 않는다.""",
    "WSAResetEvent": "이벤트를 non-signaled 상태로 만든다. 반환: 실패하면 FALSE (WSA_INVALID_HANDLE).",
    "WSASend": """버퍼들을 보낸다. OVERLAPPED를 주면 보내기 시작만 하고 곧바로 반환된다.

lpNumberOfBytesSent: lpOverlapped가 있으면 NULL(루틴이 받는다).
OVERLAPPED와 버퍼는 완료가 전달될 때까지 커널의 것이다.
반환: 0, 또는 SOCKET_ERROR에 WSA_IO_PENDING: 둘 다 루틴이 호출된다(alertable wait 상태에서).
SOCKET_ERROR에 다른 코드면 (WSAECONNRESET, WSAENOTCONN, WSAENOTSOCK) 실패했고 아무것도 오지 않는다.""",
    "WSASendMsg": """데이터그램을 보낸다. 제어 데이터(IP_PKTINFO: 어느 주소에서 보내는지)가 있으면 함께. OVERLAPPED를 주면 시작만 한다.

lpMsg: 받을 쪽의 주소, 버퍼, 제어 데이터. dwFlags는 들여다보지 않는다. lpNumberOfBytesSent: lpOverlapped가 있으면
NULL(루틴이 받는다). OVERLAPPED, 버퍼, 제어 데이터는 완료가 전달될 때까지 커널의 것이다.
반환: 0, 또는 SOCKET_ERROR에 WSA_IO_PENDING: 둘 다 루틴이 호출된다(alertable wait 상태에서).
SOCKET_ERROR에 다른 코드면 (WSAEINVAL: 데이터그램 소켓이 아니다. WSAEMSGSIZE, WSAENOTSOCK, WSAEFAULT) 실패했고
아무것도 오지 않는다.""",
    "WSASendTo": """버퍼들을 데이터그램 하나로 주소에 보낸다. OVERLAPPED를 주면 시작만 하고 곧바로 반환된다.

iTolen: 주소의 크기(바이트). lpNumberOfBytesSent: lpOverlapped가 있으면 NULL(루틴이 받는다).
OVERLAPPED와 버퍼는 완료가 전달될 때까지 커널의 것이다.
반환: 0, 또는 SOCKET_ERROR에 WSA_IO_PENDING: 둘 다 루틴이 호출된다(alertable wait 상태에서).
SOCKET_ERROR에 다른 코드면 (WSAEMSGSIZE, WSAEACCES, WSAENOTSOCK, WSAEFAULT) 실패했고 아무것도 오지 않는다.""",
    "WSASetEvent": "이벤트를 signaled 상태로 만든다. 반환: 실패하면 FALSE (WSA_INVALID_HANDLE).",
    "WSASetLastError": "이 쓰레드의 오류 코드를 정한다.",
    "WSASocketW": """새 소켓. dwFlags에 WSA_FLAG_OVERLAPPED를 주면 Overlapped 입출력을 할 수 있다.

lpProtocolInfo: NULL, 또는 쓸 프로토콜. g: 0. 소켓 그룹을 위해 남겨 둔 것이다.
반환: 소켓. closesocket으로 닫는다. 실패하면 INVALID_SOCKET (WSANOTINITIALISED, WSAEAFNOSUPPORT, WSAEINVAL).""",
    "WSAStartup": """Winsock을 쓰기 시작한다. 모든 프로그램의 첫 호출이며 `MAKEWORD(2, 2)`를 준다.

반환: 0, 아니면 오류 코드 *그 자체* (WSAVERNOTSUPPORTED, WSAEFAULT). 아직 WSAGetLastError에게 물을 수 없다.""",
    "WSAWaitForMultipleEvents": """배열의 이벤트 하나에(fWaitAll이면 모두에) 신호가 올 때까지 기다린다.

cEvents: 몇 개인지. 1부터 WSA_MAXIMUM_WAIT_EVENTS (64)까지. dwTimeout: 최대 시간(밀리초). 0이면 보기만 하고,
WSA_INFINITE면 끝이 없다(Ctrl+C로 빠져나올 수 없다). fAlertable: TRUE면 Completion Routine이 실행된다.
반환: WSA_WAIT_EVENT_0 + 신호가 온 이벤트의 번호(가장 작은 것), WSA_WAIT_TIMEOUT, 루틴이 실행된 다음에는
WSA_WAIT_IO_COMPLETION, 또는 WSA_WAIT_FAILED (WSA_INVALID_HANDLE. WSA_INVALID_PARAMETER: cEvents가 범위 밖이다).
루틴에서 일어난 예외는 이 호출에서 나온다.""",
    "WaitForSingleObject": """객체에 신호가 오거나 시간(밀리초)이 다 될 때까지 기다린다. alertable wait가 아니므로 루틴은 실행되지 않는다.

반환: WAIT_OBJECT_0, WAIT_TIMEOUT, 또는 WAIT_FAILED (ERROR_INVALID_HANDLE).""",
    "WaitForSingleObjectEx": """WaitForSingleObject와 같고, alertable이면 Completion Routine이 실행된 다음에도 반환된다.

반환: WAIT_OBJECT_0, WAIT_IO_COMPLETION, WAIT_TIMEOUT, 또는 WAIT_FAILED (ERROR_INVALID_HANDLE).
루틴에서 일어난 예외는 이 호출에서 나온다.""",
    "WriteFile": """핸들에 쓴다. 소켓이라면 보낸다. OVERLAPPED를 주면 시작만 하고 곧바로 반환된다.

lpOverlapped: Overlapped인 소켓에는 NULL이 아니어야 하고 Offset은 무시된다. lpNumberOfBytesWritten: 그때는 NULL.
OVERLAPPED와 버퍼는 포트나 hEvent로 완료가 전달될 때까지 커널의 것이다.
반환: 끝났으면 TRUE (그래도 완료는 전달된다). FALSE에 ERROR_IO_PENDING이면 시작되었다.
FALSE에 다른 코드면 (ERROR_INVALID_HANDLE, ERROR_NETNAME_DELETED) 실패했고 아무것도 오지 않는다.""",
    "accept": """listen 소켓의 큐에서 다음 연결을 꺼낸다.

addr, addrlen: 상대의 주소가 들어갈 곳과 그 크기. 크기는 주소의 길이로 바뀐다. 둘 다 NULL이어도 된다.
새 소켓은 listen 소켓의 모드(넌-블로킹)와 Overlapped 플래그를 물려받는다.
반환: 새 소켓. closesocket으로 닫는다. 실패하면 INVALID_SOCKET (WSAEWOULDBLOCK: 넌-블로킹이고 기다리는 클라이언트가 없다.
WSAECONNRESET: 클라이언트가 이미 떠났다. WSAEFAULT: addrlen이 너무 작다).""",
    "atoi": """빈칸 다음, 문자열 앞부분의 수: `atoi("9190")`은 9190이다.

반환: 수가 없으면 0, 너무 크면 INT_MAX나 INT_MIN.

str: str, bytes, 또는 CHAR 배열. 잘못된 것을 알려 주지 못하므로 먼저 `str.isdecimal()`을 물어보자.""",
    "bind": """소켓에 자기 주소를 준다.

namelen: 주소의 크기(바이트). 포트가 0이면 시스템이 고른다. getsockname으로 물어보자.
반환: 0. 실패하면 SOCKET_ERROR (WSAEADDRINUSE, WSAEACCES, WSAEADDRNOTAVAIL).""",
    "closesocket": """소켓을 닫는다. 진행 중이던 입출력은 오류로 완료된다. 그때까지 메모리는 그 입출력의 것이다.

반환: 0. 실패하면 SOCKET_ERROR (WSAENOTSOCK).""",
    "connect": """소켓을 주소에 연결한다. 블로킹 소켓이면 끝날 때까지 기다린다.

반환: 0. 실패하면 SOCKET_ERROR (WSAECONNREFUSED: 거기서 기다리는 프로그램이 없다. WSAEWOULDBLOCK: 넌-블로킹이고 진행 중이다).""",
    "exit": "프로그램을 끝낸다. 0이면 성공이다. (`status`가 글이면 표준 오류에 출력하고 상태는 1이다.)",
    "fd_set": "select에 쓰는, 많아야 FD_SETSIZE(64)개인 소켓의 집합. 윈도우에서는 비트 마스크가 아니라 목록이다.",
    "fgets": """한 줄을 끝까지, 다만 많아야 `n - 1`바이트를 배열 `str`에 읽고 0 바이트로 끝맺는다.

더 긴 줄은 호출마다 한 조각씩 읽는다. `\\r\\n`은 `\\n`이 된다. 반환: 입력이 끝났으면 NULL. 배열은
그대로다. 아니면 배열에 놓인, 읽은 것. C에서처럼 `str`을 가리키는 포인터인데, C와 달리
그 안의 0 바이트까지 모두 몇 바이트인지 안다: `sizeof(fgets(message, BUF_SIZE, stdin))`.""",
    "fputs": "문자열을 줄바꿈 없이 출력한다. 반환: 0. 출력하지 못하면 EOF.",
    "free": """malloc의 블록을 돌려준다. NULL도 되고, 아무 일도 없다.

ptr: malloc이 반환한 그대로의 주소, 또는 그것을 가리키는 포인터. 다른 주소나 이미 해제한
블록이면 ValueError가 일어난다(C라면 망가진 힙으로 계속된다). 블록의 끝을 넘어 쓴 흔적이 있을 때도 그렇고,
그 블록은 들여다볼 수 있도록 그대로 둔다.""",
    "getpeername": """상대 쪽의 주소. `namelen`: `name`의 크기. 주소의 길이로 바뀐다.

반환: 0. 실패하면 SOCKET_ERROR (WSAENOTCONN, WSAEFAULT).""",
    "getsockname": """자기 쪽의 주소. `namelen`: `name`의 크기. 주소의 길이로 바뀐다.

반환: 0. 실패하면 SOCKET_ERROR (WSAEINVAL: 아직 bind하지 않았다. WSAEFAULT).""",
    "getsockopt": """소켓 옵션을 묻는다. `optval`, `optlen`: 값이 들어갈 곳과 그 크기(바이트).

반환: 0. 실패하면 SOCKET_ERROR (WSAENOPROTOOPT, WSAEFAULT).""",
    "htonl": "32비트 수를 네트워크 바이트 순서로.",
    "htons": "16비트 수를 네트워크 바이트 순서로.",
    "inet_addr": "점으로 나눈 글(bytes)이 나타내는 IPv4 주소, 네트워크 바이트 순서로. 주소가 아니면 INADDR_NONE.",
    "inet_ntoa": "IPv4 주소를 점으로 나눈 글(bytes)로. 실패하면 None.",
    "inet_ntop": """IN_ADDR나 IN6_ADDR를 pStringBuf의 글로. 그 크기는 StringBufSize바이트다.

반환: 글(bytes). 실패하면 None (WSAEAFNOSUPPORT. WSA_INVALID_PARAMETER: 버퍼가 너무 작다).""",
    "inet_pton": """글(bytes)을 네트워크 바이트 순서의 IN_ADDR나 IN6_ADDR로.

반환: 1. 그런 주소가 아니면 0. 실패하면 SOCKET_ERROR (WSAEAFNOSUPPORT, WSAEFAULT).""",
    "ioctlsocket": """소켓의 모드를 바꾸거나 묻는다. FIONBIO와 0이 아닌 u_long을 주면 넌-블로킹이 된다.

반환: 0. 실패하면 SOCKET_ERROR (WSAENOTSOCK, WSAEFAULT, WSAEINVAL).""",
    "listen": """bind한 소켓이 연결을 받게 한다. `backlog`: accept를 기다릴 수 있는 연결의 수.

반환: 0. 실패하면 SOCKET_ERROR (WSAEINVAL: bind하지 않았다. WSAEADDRINUSE).""",
    "malloc": """메모리 `size`바이트. 초기화되어 있지 않다.

반환: 주소. 거기에 구조체를 놓는다: `WSAOVERLAPPED.from_address(malloc(sizeof(WSAOVERLAPPED)))`. 메모리가 그만큼 없으면
None (NULL). 크기가 될 수 없는 크기면 TypeError나 ValueError가 일어난다.""",
    "memmove": """`num`바이트를 복사한다. 두 자리(저마다 포인터, `byref(…)`, 배열, 주소)는 겹쳐도 된다.

bytes는 복사해 올 쪽에만 쓸 수 있다. 반환: `destination`.""",
    "memset": "`ptr`(포인터, `byref(…)`, 주소)부터 `num`바이트를 바이트 `value`로 채운다. 반환: `ptr`.",
    "ntohl": "네트워크 바이트 순서의 32비트 수를 되돌린다.",
    "ntohs": "네트워크 바이트 순서의 16비트 수를 되돌린다.",
    "printf": """`format`의 `%s`, `%d`, `%x`, ...를 차례로 인자로 바꾸어 표준 출력에 쓴다.

변환은 파이썬의 `%`와 같다. 반환: 바이트 수. 쓰지 못하면 EOF. 인자가 모자라거나, 많거나, 종류가 달라서
C의 동작이 정해져 있지 않은 곳에서는 TypeError가 일어난다.""",
    "puts": "문자열과 줄바꿈을 표준 출력에 쓴다. 반환: 0. 쓰지 못하면 EOF.",
    "recv": """많아야 `len`바이트를 `buf`로 받는다. 블로킹 소켓은 첫 바이트를 기다린다.

반환: 바이트 수. 상대가 송신을 끝냈으면 0. 실패하면 SOCKET_ERROR (WSAEWOULDBLOCK,
WSAECONNRESET, WSAENOTCONN).""",
    "recvfrom": """데이터그램 하나를 `buf`로 받고 누가 보냈는지 안다. 블로킹 소켓은 올 때까지 기다린다.

from_, fromlen: 보낸 쪽의 주소가 들어갈 곳과 그 크기. 크기는 주소의 길이로 바뀐다. 둘 다 NULL이어도 된다.
소켓에는 주소가 있어야 한다(bind, 또는 앞선 sendto). 반환: 바이트 수. 빈 데이터그램이면 0.
실패하면 SOCKET_ERROR (WSAEMSGSIZE: 앞부분만 들어갔고 나머지는 사라졌다. WSAEWOULDBLOCK. WSAEINVAL: bind하지
않았다. WSAECONNRESET: 앞서 보낸 데이터그램을 받을 상대가 없었다. SIO_UDP_CONNRESET을 보자).""",
    "select": """집합의 소켓 하나가 준비될 때까지 기다린다. 그다음 집합에는 준비된 것만 남는다.

nfds는 윈도우에서 무시된다. timeout: NULL이면 끝없이 기다린다.
반환: 준비된 것의 수. 시간이 다 되면 0. 실패하면 SOCKET_ERROR (WSAEINVAL: 집합이 모두 비었다. WSAENOTSOCK).""",
    "send": """`buf`의 `len`바이트를 보낸다. 블로킹 소켓은 모두 버퍼에 들어갈 때까지 기다린다.

반환: 가져간 바이트 수. 실패하면 SOCKET_ERROR (WSAEWOULDBLOCK, WSAECONNRESET, WSAESHUTDOWN).""",
    "sendto": """`len`바이트의 데이터그램 하나를 주소에 보낸다. tolen: 주소의 크기(바이트).

bind하지 않은 소켓은 이 호출로 자기 주소를 얻는다. 성공은 보냈다는 뜻이지 거기에 누가 있다는 뜻이 아니다.
반환: 바이트 수. 실패하면 SOCKET_ERROR (WSAEMSGSIZE: 데이터그램 하나로는 너무 크다. WSAEACCES: SO_BROADCAST 없이
브로드캐스트 주소에 보냈다. WSAEWOULDBLOCK, WSAEFAULT, WSAEADDRNOTAVAIL).""",
    "setsockopt": """소켓 옵션을 정한다. `optval`, `optlen`: 값(그 `byref(…)`)과 그 크기(바이트).

반환: 0. 실패하면 SOCKET_ERROR (WSAENOPROTOOPT, WSAEFAULT, WSAEINVAL).""",
    "shutdown": """송신(SD_SEND), 수신(SD_RECEIVE), 또는 둘 다(SD_BOTH) 끝낸다. 소켓은 따로 닫아야 한다.

반환: 0. 실패하면 SOCKET_ERROR (WSAENOTCONN).""",
    "socket": """Overlapped 플래그가 있는 새 소켓. `protocol`이 0이면 주소 체계와 종류가 정한다.

반환: 소켓. closesocket으로 닫는다. 실패하면 INVALID_SOCKET (WSANOTINITIALISED, WSAEAFNOSUPPORT).""",
    "stderr": "표준 오류: 함수를 부르는 순간의 sys.stderr.",
    "stdin": "표준 입력: 함수를 부르는 순간의 sys.stdin.",
    "stdout": "표준 출력: 함수를 부르는 순간의 sys.stdout.",
    "strcmp": "두 문자열이 같으면 0, 첫째가 작으면 -1, 크면 1. 저마다 CHAR 배열, bytes, 또는 str.",
    "strlen": "첫 0 바이트 앞의 바이트 수. `str`: CHAR 배열, bytes, 또는 str.",
    "timeval": "select에 쓰는 시간: 초와 마이크로초.",
}
